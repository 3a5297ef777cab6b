import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';

/*
 * How a transaction ended of whose end one was not told, because the connection broke. Each that has changed something leaves a
 * mark, which is there if, and only if, all the rest is. (The server's own numbers of transactions, which pg_xact_status tells of,
 * will not do: after a crash one that was given out may be given out again, and is then somebody else's.)
 */

declare const marked: unique symbol;
/** Of one transaction, and of no other. */
export type Mark = string & { readonly [marked]: true };

export function newMark(): Mark {
  return randomUUID() as Mark;
}

export class Endings {
  /** Of whose end we were told, so that nobody will ask. */
  #told: Mark[] = [];

  /** Ends a transaction that has changed something, in one go to the server and back. */
  async commit(client: ClientBase, mark: Mark): Promise<void> {
    const told = this.#told.splice(0);
    await client.query(
      [
        ...(told.length > 0
          ? [`DELETE FROM endings WHERE mark IN (${told.map(quoted).join()})`]
          : []),
        `INSERT INTO endings (mark, was_done) VALUES (${quoted(mark)}, TRUE)`,
        'COMMIT',
      ].join('; '),
    );
    this.#told.push(mark);
  }

  /**
   * Whether a transaction was done. If it was not, it never will be: its mark is taken. One that is just ending is waited for, as
   * is usual where two write the same key.
   * @throws whatever the server says; it may be asked again
   */
  async wasDone(client: ClientBase, mark: Mark): Promise<boolean> {
    const { rows } = await client.query<{ readonly was_done: boolean }>(
      `INSERT INTO endings AS there (mark, was_done) VALUES ($1, FALSE)
       ON CONFLICT (mark) DO UPDATE SET was_done = there.was_done
       RETURNING was_done`,
      [mark],
    );
    return rows[0]?.was_done === true;
  }
}

function quoted(mark: Mark): string {
  return `'${mark}'`;
}
