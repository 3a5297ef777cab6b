import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../src/paths.js';

it('the tables of the README and of the docs say what the code says', () => {
  const files = ['README.md', 'docs/conversation.md', 'docs/x.md'].map((name) =>
    join(projectRoot, name),
  );
  const before = files.map((file) => readFileSync(file, 'utf8'));
  onTestFinished(() => {
    for (const [i, file] of files.entries()) writeFileSync(file, before[i] ?? '');
  });
  execFileSync(process.execPath, ['--import', 'tsx', 'docs/tables.ts'], { cwd: projectRoot });
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
});
