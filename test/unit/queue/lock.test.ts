import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockFolder } from '../../../src/queue/lock.js';
import { projectRoot } from '../../../src/paths.js';
import { temporaryFolder } from '../../support/folder.js';

it('a locked folder is locked for everybody else until it is unlocked', () => {
  const file = join(temporaryFolder(), 'lock');
  const unlock = lockFolder(file);
  expect(() => lockFolder(file)).toThrow('another bot is running with it; stop that one first');
  unlock();
  lockFolder(file)();
});

it('the lock of a process that is killed ends with it', async () => {
  const file = join(temporaryFolder(), 'lock');
  const code = `import { lockFolder } from './src/queue/lock.ts';
    lockFolder(${JSON.stringify(file)}); console.log('locked'); setInterval(() => undefined, 1000);`;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', code],
    { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(() => lockFolder(file)).toThrow('another bot');
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockFolder(file)();
});
