import sharp from 'sharp';
import { expect, it } from 'vitest';
import { options } from '../../support/queue.js';
import { runCounter } from '../counter.js';

const KEYS = 10;
const CLIENTS_PER_KEY = 20;
const WAITING = 8;

it('200 clients at a time get no error of ours, every key its share, and the memory stays bounded', async () => {
  const quotas = { ...options.quotas, waitingPerPerson: WAITING };
  const counter = await runCounter({ quotas });
  // Random pixels, so that it weighs half a megabyte.
  const raw = { width: 480, height: 360, channels: 3 } as const;
  const pixels = Buffer.from(
    Uint8Array.from({ length: 480 * 360 * 3 }, (_, i) => (i * 7919 + ((i * i) % 251)) % 256),
  );
  const photo = await sharp(pixels, { raw }).png().toBuffer();
  const keys = Array.from({ length: KEYS }, (_, i) => counter.key(`key ${i}`));
  const before = process.memoryUsage().rss;
  let most = before;
  const client = async (key: string) => {
    const body = new FormData();
    body.set('photo', new Blob([new Uint8Array(photo)]));
    body.set('style', 'harbor');
    const created = await counter.ask(key, '/renders', { method: 'POST', body });
    most = Math.max(most, process.memoryUsage().rss);
    if (created.status !== 201) return created.status;
    const { id } = (await created.json()) as { id: string };
    const seen = await counter.ask(key, `/renders/${id}`);
    return seen.status === 200 ? created.status : seen.status;
  };
  const statuses = await Promise.all(
    keys.flatMap((key) => Array.from({ length: CLIENTS_PER_KEY }, () => client(key))),
  );
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  expect(statuses.filter((status) => status === 201)).toHaveLength(KEYS * WAITING);
  // Every body together has 200 × its size; as much again would be in memory if one were kept.
  expect(most - before).toBeLessThan(400e6);

  // Round by round, each key has one picture painted.
  const order = Array.from(
    { length: KEYS * WAITING },
    () => counter.queue.claimRender()?.mention.author.id,
  );
  for (let round = 0; round < WAITING; round++)
    expect(new Set(order.slice(round * KEYS, (round + 1) * KEYS)).size).toBe(KEYS);
});
