import { expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { Queue } from '../../src/queue/queue.js';
import { emptyDatabase } from '../support/empty-database.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { startCluster } from '../support/postgres.js';
import { prerequisites } from '../support/prerequisites.js';
import { claimed, options } from '../support/queue.js';
import { Dice } from './dice.js';
import { orderOf, watchOrder } from './overtakings.js';
import { SEED } from './trial.js';

const onPostgres = it.skipIf(!prerequisites.postgres.isInstalled);

const PEOPLE = 10;
const REQUESTS = 120;
const PAINTERS = 4;

async function crew() {
  const cluster = await startCluster();
  onTestFinished(() => cluster.remove());
  const url = await emptyDatabase(cluster);
  const open = async () => {
    const database = await openPostgres(url);
    onTestFinished(() => database.close());
    return new Queue(database, options);
  };
  const listener = await open();
  await watchOrder(listener.database);
  const dice = new Dice(SEED, 'who asks for what');
  const ask = (id: number, person = `person${dice.between(1, PEOPLE)}`) => {
    const who = mentionOf(String(id), person);
    return listener.admit('here', who, { request, cost: dice.between(1, 50) });
  };
  return { open, listener, ask };
}

onPostgres(
  'however many paint for one database, while more is asked for, nobody is overtaken',
  async () => {
    const { open, listener, ask } = await crew();
    for (let id = 0; id < REQUESTS / 2; id++) await ask(id);
    let isAsking = true;
    const paint = async (queue: Queue) => {
      for (;;) {
        const wasAsking = isAsking;
        const claim = await queue.claimRender();
        if (claim) await queue.rendered(claim, painted);
        else if (!wasAsking) return;
      }
    };
    const painters = await Promise.all(Array.from({ length: PAINTERS }, open));
    const painting = painters.map(paint);
    for (let id = REQUESTS / 2; id < REQUESTS; id++) await ask(id);
    isAsking = false;
    await Promise.all(painting);
    const order = await orderOf(listener.database);
    expect(order).toMatchObject({ claims: REQUESTS, overtakings: [] });
    expect(order.waited).toBeGreaterThan(REQUESTS);
  },
);

onPostgres('who is overtaken is written down', async () => {
  const { listener, ask } = await crew();
  for (let id = 1; id <= 3; id++) await ask(id, 'ada');
  const sql =
    "UPDATE requests SET state = 'rendering', lease_token = 'unfair' WHERE start_tag = (SELECT max(start_tag) FROM requests)";
  await listener.database.run(sql);
  const first = claimed(await listener.claimRender());
  const { overtakings } = await orderOf(listener.database);
  expect(overtakings).toHaveLength(1);
  expect(overtakings[0]?.overtook.split(' ')).toContain(String(first.id));
});

onPostgres('so is who was left by a painter that died', async () => {
  const { listener, ask } = await crew();
  for (let id = 1; id <= 2; id++) await ask(id, 'ada');
  const left = claimed(await listener.claimRender());
  await listener.database.run('UPDATE requests SET lease_until = 1 WHERE id = @id', {
    id: left.id,
  });
  await listener.database.run(
    "UPDATE requests SET state = 'rendering', lease_token = 'unfair', changed_at = 2 WHERE state = 'queued'",
  );
  const { overtakings } = await orderOf(listener.database);
  expect(overtakings.map(({ overtook }) => overtook)).toEqual([String(left.id)]);
});
