import { expect, it } from 'vitest';
import type { Sql } from '../../../src/queue/sql.js';
import { removeOrphans } from '../../../src/stages/orphans.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, newPlace, queueAt } from '../../support/queue.js';

/** The same database, and how often it has been asked something. */
function counted(sql: Sql) {
  const asked = { times: 0 };
  const all: Sql['all'] = (...what) => (asked.times++, sql.all(...what));
  const get: Sql['get'] = (...what) => (asked.times++, sql.get(...what));
  return { asked, sql: { engine: sql.engine, all, get, run: sql.run.bind(sql) } satisfies Sql };
}

it('pictures that nobody knows of are removed, and the database is asked of many at a time', async () => {
  const queue = queueAt(newPlace());
  const pictures = new MemoryPictures();
  const now = Date.now();
  const store = (key: string, changedAt = now - 1) => {
    pictures.set(key, 'a picture', changedAt);
    return key;
  };
  const known: string[] = [];
  for (const number of [1, 2, 3]) {
    await queue.admit('here', mentionOf(String(number)), { request, cost: 1 });
    const claim = claimed(await queue.claimRender());
    const file = store(`pictures/${claim.id}-0000000a.jpg`);
    store(`pictures/${claim.id}-0000000b.jpg`); // of a painter that had lost its claim
    known.push(file);
    await queue.rendered(claim, { ...painted, file });
  }
  await queue.admit('here', mentionOf('4'), { request, cost: 1 });
  store('pictures/4-0000000a.jpg'); // its request waits to be painted
  for (let number = 5; number <= 1000; number++) store(`pictures/${number}-0000000a.jpg`);
  const fresh = store('pictures/2000-0000000a.jpg', now);

  const { sql, asked } = counted(queue.database);
  await removeOrphans(pictures, sql, now);
  expect([...pictures.all.keys()].sort()).toEqual([...known, fresh].sort());
  expect(asked.times).toBe(3);
});
