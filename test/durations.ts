import { readFileSync } from 'node:fs';
import { z } from 'zod';

/*
 * npm run test:durations -- REPORT.json…: how long each project and each slow file took, from the
 * reports of vitest's JSON reporter. docs/testing.md has such a table.
 */

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(z.unknown()),
    }),
  ),
});

/** Files that take less, in seconds, are not listed one by one. */
const SLOW = 10;

const files = process.argv.slice(2).flatMap((report) =>
  reportSchema.parse(JSON.parse(readFileSync(report, 'utf8'))).testResults.map((file) => ({
    name: file.name.replace(/^.*?\/test\//, ''),
    seconds: (file.endTime - file.startTime) / 1000,
    tests: file.assertionResults.length,
  })),
);
const projects = new Map<string, (typeof files)[number][]>();
for (const file of files) {
  const project = file.name.split('/')[0] ?? '';
  projects.set(project, [...(projects.get(project) ?? []), file]);
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

console.log('| project | files | tests | seconds |\n| --- | --- | --- | --- |');
for (const [project, its] of projects)
  console.log(
    `| ${project} | ${its.length} | ${sum(its.map(({ tests }) => tests))} | ${sum(its.map(({ seconds }) => seconds)).toFixed(0)} |`,
  );
for (const { name, seconds } of files.toSorted((a, b) => b.seconds - a.seconds))
  if (seconds >= SLOW) console.log(`${seconds.toFixed(0).padStart(5)} s  ${name}`);
