import { expect, it } from 'vitest';
import type { Database } from '../../../src/queue/sql.js';
import { newPlace, openAt, queueAt } from '../../support/queue.js';
import { fillLine, requestOf } from '../../bench/line.js';

const NOW = 1_000_000;

it('a line that is filled at once is what admissions make of it', async () => {
  const [oneByOne, atOnce] = [newPlace(), newPlace()];
  const queue = queueAt(oneByOne, () => NOW);
  const [waiting, people] = [60, 20];
  for (let count = 0; count < waiting; count++) {
    const { mention, outcome } = requestOf(count, people);
    await queue.admit('here', mention, outcome);
  }
  const filled = openAt(atOnce);
  await fillLine(filled, waiting, NOW, people);
  for (const table of ['requests', 'people', 'tallies', 'dispatch'])
    expect(await rowsOf(filled, table)).toEqual(await rowsOf(queue.database, table));
  await filled.close();
});

function rowsOf(database: Database, table: string): Promise<readonly unknown[]> {
  return database.all(`SELECT * FROM ${table} ORDER BY 1, 2`);
}
