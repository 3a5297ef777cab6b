import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../src/paths.js';

it('the tables of docs/conversation.md say what the code says', () => {
  const file = join(projectRoot, 'docs/conversation.md');
  const before = readFileSync(file, 'utf8');
  onTestFinished(() => writeFileSync(file, before));
  execFileSync(process.execPath, ['--import', 'tsx', 'docs/tables.ts'], { cwd: projectRoot });
  expect(readFileSync(file, 'utf8')).toBe(before);
});
