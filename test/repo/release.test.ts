import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/paths.js';
import { temporaryFolder } from '../support/folder.js';

const releasable = {
  name: 'painter',
  version: '1.2.3',
  repository: 'github:somebody/painter',
};
const changelog = `# Changelog

## [Unreleased]

## [1.2.3] - 2026-01-02

### Added

- A frame.

## [1.2.0] - 2025-12-01

- A canvas.
`;

/** Runs the script in a folder with these files, as release.yml does. */
function release(args: readonly string[], packageJson: object = releasable, changes = changelog) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson));
  writeFileSync(join(folder, 'CHANGELOG.md'), changes);
  const script = join(projectRoot, '.github/scripts/release.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('before a release', () => {
  it('a tag that fits is accepted, and npm calls that version the latest', () => {
    expect(release(['check', 'v1.2.3'])).toEqual({
      status: 0,
      stdout: 'npm-tag=latest\n',
      stderr: '',
    });
  });

  it('a pre-release is accepted, and npm does not call it the latest', () => {
    const next = { ...releasable, version: '2.0.0-beta.1' };
    const changes = '# Changelog\n\n## [2.0.0-beta.1]\n\n- A wall.\n';
    expect(release(['check', 'v2.0.0-beta.1'], next, changes)).toMatchObject({
      status: 0,
      stdout: 'npm-tag=next\n',
    });
  });

  it.each([
    ['another version', 'v1.2.4', releasable, 'The tag is v1.2.4, but'],
    ['no "v"', '1.2.3', releasable, 'The tag is 1.2.3, but'],
    ['a strange version', 'v1.2', { ...releasable, version: '1.2' }, 'is not of the form'],
    ['the name of another program', 'v1.2.3', { ...releasable, name: 'pentimento' }, 'another'],
    ['a private package', 'v1.2.3', { ...releasable, private: true }, 'npm publishes nothing'],
    ['no repository', 'v1.2.3', { ...releasable, repository: undefined }, 'provenance'],
    ['no changes', 'v1.2.4', { ...releasable, version: '1.2.4' }, 'nothing under "## [1.2.4]"'],
  ])('%s is refused', (_, tag, packageJson, reason) => {
    const { status, stdout, stderr } = release(['check', tag], packageJson);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(reason);
    for (const line of stderr.trim().split('\n')) expect(line).toMatch(/^::error::.*\.$/);
  });
});

it('the notes of a release are its section of the changelog', () => {
  expect(release(['notes', 'v1.2.3']).stdout).toBe('### Added\n\n- A frame.\n');
  expect(release(['notes', 'v1.2.0']).stdout).toBe('- A canvas.\n');
});
