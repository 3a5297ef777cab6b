import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { expectNone, secretsUnder } from './secrets.js';

/** A new empty folder; when the current test has finished, it is searched for secrets and removed. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-'));
  onTestFinished(() => {
    const found = secretsUnder(folder);
    rmSync(folder, { recursive: true, force: true });
    expectNone(found);
  });
  return folder;
}
