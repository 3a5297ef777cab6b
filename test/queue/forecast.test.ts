import { expect, it } from 'vitest';
import { requestFor } from '../../src/queue/desk.js';
import { learnPace, pacesOf, placeOf, type Place } from '../../src/queue/forecast.js';
import type { Queue } from '../../src/queue/queue.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { claimed, databaseFile, queueAt } from '../support/queue.js';

function placeFor({ database }: Queue, mentionId: string): Place | undefined {
  return placeOf(database, requestFor(database, 'here', mentionId) ?? 0, 0);
}

const ask = (queue: Queue, id: string, person: string, cost: number) =>
  queue.admit('here', mentionOf(id, person), { request, cost });

it('a request’s place counts who goes first, and their work at the pace that was measured', () => {
  const queue = queueAt(databaseFile());
  learnPace(queue.database, { device: 'cpu', costPerSecond: 10 }, 1);
  ask(queue, '1', 'ada', 100);
  ask(queue, '2', 'ada', 100);
  ask(queue, '3', 'bela', 50);
  expect(['1', '2', '3'].map((id) => placeFor(queue, id))).toEqual([
    { ahead: 0, seconds: 10 },
    { ahead: 2, seconds: 25 },
    { ahead: 1, seconds: 15 },
  ]);
  queue.rendered(claimed(queue.claimRender()), painted);
  expect(['1', '2', '3'].map((id) => placeFor(queue, id))).toEqual([
    undefined,
    { ahead: 1, seconds: 15 },
    { ahead: 0, seconds: 5 },
  ]);
});

it('before anything has been painted there is a guess', () => {
  const queue = queueAt(databaseFile());
  ask(queue, '1', 'ada', 19.4e6);
  expect(placeFor(queue, '1')?.seconds).toBeCloseTo(39, 0);
});

it('the pace follows what is painted, forgets slowly, and is kept across restarts', () => {
  const file = databaseFile();
  const queue = queueAt(file);
  const paint = (id: string, costPerSecond: number) => {
    ask(queue, id, 'ada', 1);
    queue.rendered(claimed(queue.claimRender()), painted, { device: 'cpu', costPerSecond });
  };
  paint('1', 100);
  expect(pacesOf(queue.database)).toEqual([{ device: 'cpu', costPerSecond: 100 }]);
  paint('2', 200);
  expect(pacesOf(queue.database)).toEqual([{ device: 'cpu', costPerSecond: 120 }]);
  for (let id = 3; id < 33; id++) paint(String(id), 200);
  queue.close();
  const [after] = pacesOf(queueAt(file).database);
  expect(after?.costPerSecond).toBeCloseTo(200, 0);
});

it('the pace of the device that painted last counts, and a measurement that cannot be is passed over', () => {
  const queue = queueAt(databaseFile());
  const learn = (device: string, costPerSecond: number, now: number) =>
    learnPace(queue.database, { device, costPerSecond }, now);
  learn('gpu', 90, 1);
  learn('cpu', 10, 2);
  for (const costPerSecond of [0, -1, NaN, Infinity]) learn('gpu', costPerSecond, 3);
  ask(queue, '1', 'ada', 1000);
  expect(placeFor(queue, '1')?.seconds).toBe(100);
  learn('gpu', 90, 4);
  expect(placeFor(queue, '1')?.seconds).toBeCloseTo(11, 0);
});

it('what has been put off is not promised for before', () => {
  const queue = queueAt(databaseFile(), () => 0);
  learnPace(queue.database, { device: 'cpu', costPerSecond: 10 }, 1);
  ask(queue, '1', 'ada', 100);
  queue.retryRender(claimed(queue.claimRender()), 3_600_000);
  expect(placeFor(queue, '1')?.seconds).toBe(3610);
});
