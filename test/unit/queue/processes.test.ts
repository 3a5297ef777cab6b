import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { newPlace, queueAt } from '../../support/queue.js';

const COUNT = 200;
const script = fileURLToPath(new URL('../../support/queue-process.ts', import.meta.url));

interface Report {
  readonly admitted: readonly string[];
  readonly rendered: readonly string[];
}

async function started(file: string): Promise<ChildProcess> {
  const child = fork(script, [file, String(COUNT)], { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void child.kill());
  await once(child, 'message');
  return child;
}

async function report(child: ChildProcess): Promise<Report> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('it died'))),
  ])) as [Report];
  return message;
}

it('two processes that are given the same mentions at the same time admit and render each once', async () => {
  const file = newPlace();
  const queue = queueAt(file);
  const children = await Promise.all([started(file), started(file)]);
  const reports = Promise.all(children.map(report));
  for (const child of children) child.send('go');
  const both = await reports;
  const all = Array.from({ length: COUNT }, (_, i) => String(i)).sort();
  expect(both.flatMap(({ admitted }) => admitted).sort()).toEqual(all);
  expect(both.flatMap(({ rendered }) => rendered).sort()).toEqual(all);
  expect((await queue.pending()).every(({ state }) => state === 'answering')).toBe(true);
});
