/* global console, process */
// The checks of release.yml, in a file so that they can be tested. It needs no installed package.
//
//   node .github/scripts/release.js check v1.2.3    refuses, or prints the outputs of the step
//   node .github/scripts/release.js notes v1.2.3    prints that version's section of CHANGELOG.md
import { readFileSync } from 'node:fs';

const VERSION = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;

/**
 * The section of a version in CHANGELOG.md, without its heading.
 *
 * @param {string} version such as 1.2.3
 * @returns {string} empty if there is no such section, or nothing in it
 */
function notesOf(version) {
  const [, ...sections] = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`)) ?? '';
  return section.slice(section.indexOf('\n') + 1).trim();
}

/**
 * Every reason against a release, as sentences for the maintainer.
 *
 * @param {string} tag such as v1.2.3
 * @returns {string[]}
 */
function reasonsAgainst(tag) {
  const {
    name,
    version,
    private: isPrivate,
    repository,
  } = JSON.parse(readFileSync('package.json', 'utf8'));
  const reasons = [];
  if (tag !== `v${version}`)
    reasons.push(`The tag is ${tag}, but package.json has the version ${version}.`);
  if (!VERSION.test(version))
    reasons.push(`The version ${version} is not of the form 1.2.3 or 1.2.3-beta.1.`);
  if (name === 'pentimento')
    reasons.push('On npm, "pentimento" is another program. Give package.json another name first.');
  if (isPrivate === true) reasons.push('package.json says "private": npm publishes nothing.');
  if (repository === undefined)
    reasons.push('package.json has no "repository": npm refuses provenance without it.');
  if (notesOf(version) === '') reasons.push(`CHANGELOG.md has nothing under "## [${version}]".`);
  return reasons;
}

const [command, tag = ''] = process.argv.slice(2);
if (command === 'check') {
  const reasons = reasonsAgainst(tag);
  // GitHub shows lines of this form on the page of the run.
  for (const reason of reasons) console.error(`::error::${reason}`);
  if (reasons.length > 0) process.exitCode = 1;
  else console.log(`npm-tag=${tag.includes('-') ? 'next' : 'latest'}`);
} else if (command === 'notes') {
  console.log(notesOf(tag.replace(/^v/, '')));
} else {
  console.error('Usage: release.js check|notes TAG');
  process.exitCode = 2;
}
