import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './folder.js';
import { expectNone, secretsUnder } from './secrets.js';

/** Whether we may make disks: root may, where the system lets it. */
export const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-'));
  try {
    mount(folder, 1);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
})();

/** The folder of a new disk, in memory; gone when the current test has finished. */
export function newDisk(megabytes: number): string {
  const folder = temporaryFolder();
  mount(folder, megabytes);
  onTestFinished(() => {
    const found = secretsUnder(folder);
    // Lazily: a process may not quite have ended.
    execFileSync('umount', ['--lazy', folder]);
    expectNone(found);
  });
  return folder;
}

function mount(folder: string, megabytes: number): void {
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs'];
  execFileSync('mount', [...options, folder], { stdio: 'ignore' });
}

export function makeReadOnly(disk: string): void {
  execFileSync('mount', ['-o', 'remount,ro', disk]);
}

/** Writes so many megabytes on a disk, or what it takes until not one byte is free; the function that comes back frees them. */
export function fill(disk: string, megabytes = Infinity): () => void {
  const name = join(disk, 'ballast');
  const file = openSync(name, 'w');
  const block = Buffer.alloc(4096);
  try {
    for (let written = 0; written < megabytes * 1e6; written += block.length)
      writeSync(file, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
  return () => rmSync(name);
}
