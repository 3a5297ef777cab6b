import { expect, it } from 'vitest';
import { requestFor } from '../../../src/queue/desk.js';
import { learnPace, pacesOf, placeOf, type Place } from '../../../src/queue/forecast.js';
import type { Queue } from '../../../src/queue/queue.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

async function placeFor({ database }: Queue, mentionId: string): Promise<Place | undefined> {
  return await placeOf(database, (await requestFor(database, 'here', mentionId)) ?? 0, 0);
}

const ask = (queue: Queue, id: string, person: string, cost: number) =>
  queue.admit('here', mentionOf(id, person), { request, cost });

it('a request’s place counts who goes first, and their work at the pace that was measured', async () => {
  const queue = queueAt(newPlace());
  await learnPace(queue.database, '', { device: 'cpu', costPerSecond: 10 }, 1);
  await ask(queue, '1', 'ada', 100);
  await ask(queue, '2', 'ada', 100);
  await ask(queue, '3', 'bela', 50);
  expect(await Promise.all(['1', '2', '3'].map((id) => placeFor(queue, id)))).toEqual([
    { ahead: 0, seconds: 10 },
    { ahead: 2, seconds: 25 },
    { ahead: 1, seconds: 15 },
  ]);
  await queue.rendered(claimed(await queue.claimRender()), painted);
  expect(await Promise.all(['1', '2', '3'].map((id) => placeFor(queue, id)))).toEqual([
    undefined,
    { ahead: 1, seconds: 15 },
    { ahead: 0, seconds: 5 },
  ]);
});

it('before anything has been painted there is a guess', async () => {
  const queue = queueAt(newPlace());
  await ask(queue, '1', 'ada', 19.4e6);
  expect((await placeFor(queue, '1'))?.seconds).toBeCloseTo(39, 0);
});

it('the pace follows what is painted, forgets slowly, and is kept across restarts', async () => {
  const file = newPlace();
  const queue = queueAt(file);
  const paint = async (id: string, costPerSecond: number) => {
    await ask(queue, id, 'ada', 1);
    await queue.rendered(claimed(await queue.claimRender()), painted, {
      device: 'cpu',
      costPerSecond,
    });
  };
  await paint('1', 100);
  expect(await pacesOf(queue.database)).toEqual([
    { machine: '', device: 'cpu', costPerSecond: 100 },
  ]);
  await paint('2', 200);
  expect(await pacesOf(queue.database)).toEqual([
    { machine: '', device: 'cpu', costPerSecond: 120 },
  ]);
  for (let id = 3; id < 33; id++) await paint(String(id), 200);
  await queue.close();
  const [after] = await pacesOf(queueAt(file).database);
  expect(after?.costPerSecond).toBeCloseTo(200, 0);
});

it('the pace of the device that painted last counts, and a measurement that cannot be is passed over', async () => {
  const queue = queueAt(newPlace());
  const learn = (device: string, costPerSecond: number, now: number) =>
    learnPace(queue.database, '', { device, costPerSecond }, now);
  await learn('gpu', 90, 1);
  await learn('cpu', 10, 2);
  for (const costPerSecond of [0, -1, NaN, Infinity]) await learn('gpu', costPerSecond, 3);
  await ask(queue, '1', 'ada', 1000);
  expect((await placeFor(queue, '1'))?.seconds).toBe(100);
  await learn('gpu', 90, 4);
  expect((await placeFor(queue, '1'))?.seconds).toBeCloseTo(11, 0);
});

it('of several machines the paces add up, as long as they paint', async () => {
  const queue = queueAt(newPlace());
  const learn = (machine: string, costPerSecond: number, now: number) =>
    learnPace(queue.database, machine, { device: 'gpu', costPerSecond }, now);
  await learn('one', 90, 1);
  await learn('other', 10, 2);
  await ask(queue, '1', 'ada', 1000);
  expect((await placeFor(queue, '1'))?.seconds).toBe(10);
  await learn('other', 10, 3_600_003); // the first one has been silent for more than an hour
  expect((await placeFor(queue, '1'))?.seconds).toBe(100);
});

it('what has been put off is not promised for before', async () => {
  const queue = queueAt(newPlace(), () => 0);
  await learnPace(queue.database, '', { device: 'cpu', costPerSecond: 10 }, 1);
  await ask(queue, '1', 'ada', 100);
  await queue.retryRender(claimed(await queue.claimRender()), 3_600_000);
  expect((await placeFor(queue, '1'))?.seconds).toBe(3610);
});
