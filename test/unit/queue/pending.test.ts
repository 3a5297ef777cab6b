import { expect, it } from 'vitest';
import { listed } from '../../../src/queue/desk.js';
import type { Engine, Sql, Values } from '../../../src/queue/sql.js';
import { painted, mentionOf, request } from '../../support/fixtures.js';
import { fillLine } from '../../bench/line.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

/** How an engine goes about what it is asked. */
const explain: Readonly<Record<Engine, string>> = {
  sqlite: 'EXPLAIN QUERY PLAN',
  postgres: 'EXPLAIN',
};

it('what is pending is told in the order of painting: what waits, is painted, and is answered, put off or not', async () => {
  const queue = queueAt(newPlace());
  for (const [id, who] of [
    ['1', 'ada'],
    ['2', 'bela'],
    ['3', 'cleo'],
    ['4', 'dora'],
    ['5', 'edda'],
  ] as const)
    await queue.admit('here', mentionOf(id, who), { request, cost: 1 });
  for (let count = 0; count < 3; count++)
    await queue.rendered(claimed(await queue.claimRender()), painted);
  await queue.retryReply(claimed(await queue.claimReply()), Date.now() + 60_000);
  await queue.answered(claimed(await queue.claimReply()), 'reply');
  await queue.claimRender();
  const expected = [
    ['1', 'answering'],
    ['3', 'answering'],
    ['4', 'rendering'],
    ['5', 'queued'],
  ];
  const seen = (all: readonly { readonly mentionId: string; readonly state: string }[]) =>
    all.map(({ mentionId, state }) => [mentionId, state]);
  expect(seen(await queue.pending())).toEqual(expected);
  expect(seen(await listed(queue.database, 'pending', 10))).toEqual(expected);
  expect(seen(await listed(queue.database, 'pending', 2))).toEqual(expected.slice(0, 2));
});

it('behind many that are done, what is pending is found by indexes alone', async () => {
  const queue = queueAt(newPlace());
  const { database } = queue;
  await fillLine(database, 5000, Date.now());
  await database.run(`UPDATE requests SET state = 'answered' WHERE id > 10`);
  await database.run('ANALYZE');
  const plans: string[] = [];
  const asking: Sql = {
    engine: database.engine,
    all: async <Row>(sql: string, values?: Values) => {
      const lines = await database.all<object>(`${explain[database.engine]} ${sql}`, values);
      plans.push(JSON.stringify(lines));
      return database.all<Row>(sql, values);
    },
    get: database.get.bind(database),
    run: database.run.bind(database),
  };
  expect(await listed(asking, 'pending', 100)).toHaveLength(10);
  expect(plans).toHaveLength(1);
  expect(plans[0]).toContain('requests_waiting');
  expect(plans[0]).not.toMatch(/Seq Scan|SCAN requests"/);
});
