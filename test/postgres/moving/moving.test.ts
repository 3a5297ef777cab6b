import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { compareAll, move } from '../../../src/queue/moving.js';
import type { PostgresDatabase } from '../../../src/queue/postgres/database.js';
import { openPostgres } from '../../../src/queue/postgres/open.js';
import { Queue } from '../../../src/queue/queue.js';
import { openSqlite, type SqliteDatabase } from '../../../src/queue/sqlite.js';
import { tablesOf } from '../../../src/queue/tables.js';
import { emptyDatabase, onServer } from '../../support/empty-database.js';
import { temporaryFolder } from '../../support/folder.js';
import { mentionOf, request } from '../../support/fixtures.js';
import { Clock, options } from '../../support/queue.js';
import { everythingInPostgres, everythingInSqlite } from './everything.js';
import { fillHouse } from './full-house.js';

/** A queue with one of everything. */
const house = mkdtempSync(join(tmpdir(), 'pentimento-house-'));
beforeAll(async () => {
  await fillHouse(join(house, 'queue'), house);
});
afterAll(() => rmSync(house, { recursive: true }));

/** A copy of it, and an empty database to move it to. */
async function fullHouse() {
  const file = join(temporaryFolder(), 'queue.sqlite3');
  copyFileSync(join(house, 'queue'), file);
  const url = await emptyDatabase();
  const from = openSqlite(file);
  const to = await openPostgres(url);
  onTestFinished(async () => {
    await from.close();
    await to.close();
  });
  return { file, url, from, to };
}

describe('a queue that moves to PostgreSQL', () => {
  it('has all rows there, whatever is in them, and keeps all that it had', async () => {
    const { file, url, from, to } = await fullHouse();
    const before = everythingInSqlite(file);
    for (const [name, rows] of before) expect(rows, name).not.toEqual([]);
    const rows = [...before.values()].flat().length;

    expect(await move(from, to)).toEqual({ rows, mended: 0, wasDone: false });
    expect(await everythingInPostgres(url, [...before.keys()])).toEqual(before);
    expect(everythingInSqlite(file)).toEqual(before);
  });

  it('gives out the same work in the same order as it would have', async () => {
    const { file, from, to } = await fullHouse();
    const copy = `${file}.copy`;
    await from.connection.backup(copy);
    await move(from, to);
    const stayed = openSqlite(copy);
    onTestFinished(() => stayed.close());
    const [here, there] = await Promise.all([stayed, to].map(workedThrough));
    expect(here?.length).toBeGreaterThan(40);
    expect(there).toEqual(here);
  });

  it('gives what comes next numbers above all that there are', async () => {
    const { from, to } = await fullHouse();
    await move(from, to);
    const queue = new Queue(to, options);
    const top = await to.get<{ readonly max: number }>('SELECT max(id) FROM requests');
    await queue.admit('here', mentionOf('new'), { request, cost: 1 });
    const admitted = await to.get<{ readonly id: number }>(
      "SELECT id FROM requests WHERE mention_id = 'new'",
    );
    expect(admitted?.id).toBeGreaterThan(top?.max ?? Infinity);
    const ledger = queue.ledger('x:easel@x.com');
    const [earlier] = await ledger.unsettled();
    expect((await ledger.begin('101')).key).toBeGreaterThan(earlier?.key ?? Infinity);
  });

  it('goes on counting what is in each state', async () => {
    const { from, to } = await fullHouse();
    await move(from, to);
    await new Queue(to, options).admit('here', mentionOf('new'), { request, cost: 1 });
    const counted = `SELECT state, count(*)::int AS n FROM requests GROUP BY state ORDER BY state`;
    const kept = `SELECT state, sum(n)::int AS n FROM tallies GROUP BY state HAVING sum(n) > 0 ORDER BY state`;
    expect(await to.all(kept)).toEqual(await to.all(counted));
  });

  it('may be long: its numbers then have one digit, or many', async () => {
    const { file, url, from, to } = await fullHouse();
    await from.run(
      `WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 12000)
       INSERT INTO attempts (key, platform, mention_id, at, after)
       SELECT i, 'crowd', 'a' || i, i, '' FROM numbers WHERE i > 1000`,
    );
    await move(from, to);
    const before = everythingInSqlite(file);
    expect(before.get('attempts')?.length).toBeGreaterThan(11_000);
    expect(await everythingInPostgres(url, [...before.keys()])).toEqual(before);
  });

  it('may be empty', async () => {
    const from = openSqlite(join(temporaryFolder(), 'queue.sqlite3'));
    const to = await openPostgres(await emptyDatabase());
    onTestFinished(async () => {
      await from.close();
      await to.close();
    });
    expect(await move(from, to)).toMatchObject({ rows: 7, wasDone: false }); // six tallies, and virtual time
    await new Queue(to, options).admit('here', mentionOf('1'), { request, cost: 1 });
    expect(await to.get('SELECT id FROM requests')).toEqual({ id: 1 });
  });

  it('tells of its progress, from the first rows to the last', async () => {
    const { from, to } = await fullHouse();
    const told: number[] = [];
    await move(from, to, { onProgress: (fraction) => told.push(fraction) });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
  });
});

/** Everything that there is to do for a bot that starts a day later, in the order in which it does it. */
async function workedThrough(database: SqliteDatabase | PostgresDatabase): Promise<unknown[]> {
  const clock = new Clock();
  clock.time = 1_795_000_000_123 + 86_400_000;
  const queue = new Queue(database, options, clock.now);
  const done: unknown[] = [];
  for (const [i, person] of ['ada', 'zoe', 'bela'].entries())
    await queue.admit('here', mentionOf(`late ${i}`, person), { request, cost: 1 / 3 });
  for (;;) {
    const claim = await queue.claimRender();
    if (claim === undefined) break;
    const { id, mention, attempt, cost, request } = claim;
    done.push({ id, mention, attempt, cost, request });
    await queue.rendered(claim, { type: 'failed' });
  }
  for (;;) {
    const claim = await queue.claimReply();
    if (claim === undefined) break;
    const { id, mention, attempt, answer } = claim;
    done.push({ id, mention, attempt, answer });
    await queue.answered(claim, `reply ${id}`);
  }
  return done;
}

describe('a row that is not as it was', () => {
  it.each([
    ['a word', 'UPDATE requests SET mention = \'{"id":"1"}\' WHERE id = 1', 'requests (1)'],
    [
      'the last bit of a double',
      "UPDATE requests SET finish_tag = '0.30000000000000010'::float8 WHERE mention_id = 'edge 3'",
      'requests (9007199254740995)',
    ],
    [
      'the sign of nothing',
      "UPDATE requests SET start_tag = '-0' WHERE mention_id = 'edge 2'",
      'requests (9007199254740994)',
    ],
    ['a state', "UPDATE requests SET state = 'queued' WHERE id = 4", 'requests (4)'],
    ['nothing for something', 'UPDATE requests SET reply_id = NULL WHERE id = 1', 'requests (1)'],
    ['a hash', "UPDATE api_keys SET hash = hash || '\\x00'", 'api_keys ('],
    ['a row that is missing', "DELETE FROM blocks WHERE pattern = 'spam.example'", 'blocks (spam'],
    ['a row too many', "INSERT INTO cursors VALUES ('zebra', '1')", 'cursors (zebra)'],
    ['a row before all others', "INSERT INTO cursors VALUES ('a', '1')", 'cursors ('],
    ['a count', "UPDATE tallies SET n = n + 1 WHERE state = 'queued'", 'tallies (queued)'],
  ])('is found: %s', async (_, tampering, named) => {
    const { url, from, to } = await fullHouse();
    await move(from, to);
    const tables = await tablesOf(from, to);
    await expect(compareAll(from, to, tables)).resolves.toBeUndefined();
    await onServer(url, tampering);
    await expect(compareAll(from, to, tables)).rejects.toThrow(named);
  });

  it('is found before anything counts: nothing has been written then', async () => {
    const { url, from } = await fullHouse();
    const name = new URL(url).pathname.slice(1);
    // Doubles are told in 15 digits, which the bot would read, too.
    await onServer(url, `ALTER DATABASE ${name} SET extra_float_digits = 0`);
    const rounding = await openPostgres(url);
    onTestFinished(() => rounding.close());
    await expect(move(from, rounding)).rejects.toThrow('is not in PostgreSQL as it is in SQLite');
    expect(await rounding.get('SELECT 1 FROM requests')).toBeUndefined();
    expect(await rounding.get('SELECT 1 FROM moved_from')).toBeUndefined();
  });
});

describe('what PostgreSQL cannot keep', () => {
  it('becomes the sign for what cannot be shown, is counted, and disturbs nobody', async () => {
    const { from, to } = await fullHouse();
    const text = 'nothing \0, half \ud83d of one, whole 🖼️, and typed \\u0000';
    const mention = JSON.stringify(mentionOf('odd', 'ada', { text }));
    expect(mention).toContain(String.raw`\u0000`);
    await from.run(
      "UPDATE requests SET mention = @mention, state = 'answered', cost = 1 WHERE mention_id = '1'",
      { mention },
    );
    await from.run("UPDATE own_posts SET text = 'a' || char(0) || 'b'");
    expect(await move(from, to)).toMatchObject({ mended: 2 });
    const kept = await to.get<{ readonly mention: string; readonly sight: string }>(
      "SELECT mention, mention ->> 'visibility' AS sight FROM requests WHERE mention_id = '1'",
    );
    expect(kept?.sight).toBe('public');
    expect(JSON.parse(kept?.mention ?? '')).toMatchObject({
      text: 'nothing \ufffd, half \ufffd of one, whole 🖼️, and typed \\u0000',
    });
    expect(await to.get('SELECT text FROM own_posts')).toEqual({ text: 'a\ufffdb' });
  });

  it('is taken from whoever writes it to the bot there', async () => {
    const { to } = await fullHouse();
    const queue = new Queue(to, options);
    await queue.admit('web', mentionOf('odd', 'ada', { text: '\0 \ud83d' }), { request, cost: 1 });
    expect((await queue.claimRender())?.mention.text).toBe('\ufffd \ufffd');
  });
});

describe('a move', () => {
  it('that had come to its end is known again, and changes nothing', async () => {
    const { file, url, from, to } = await fullHouse();
    await move(from, to);
    await new Queue(to, options).admit('here', mentionOf('new'), { request, cost: 1 });
    const names = [...everythingInSqlite(file).keys()];
    const before = await everythingInPostgres(url, names);
    expect(await move(from, to)).toMatchObject({ wasDone: true });
    expect(await everythingInPostgres(url, names)).toEqual(before);
  });

  it.each([
    ['of a bot that has worked there', "INSERT INTO cursors VALUES ('here', '5')"],
    ['of one that is paused', 'UPDATE dispatch SET paused = 1'],
    ['that was moved there from elsewhere', "INSERT INTO moved_from VALUES ('other', 1)"],
  ])('does not mix with the data %s', async (_, sql) => {
    const { url, from, to } = await fullHouse();
    await onServer(url, sql);
    await expect(move(from, to)).rejects.toThrow('holds the data of another bot');
    expect(await to.get('SELECT 1 FROM requests')).toBeUndefined();
  });

  it('that is interrupted leaves nothing behind', async () => {
    const { from, to } = await fullHouse();
    const stop = new AbortController();
    const onProgress = (fraction: number) => {
      if (fraction > 0.4) stop.abort(new Error('enough'));
    };
    await expect(move(from, to, { signal: stop.signal, onProgress })).rejects.toThrow('enough');
    expect(await to.get('SELECT 1 FROM people')).toBeUndefined();
    expect(await move(from, to)).toMatchObject({ wasDone: false });
  });

  it('keeps both databases to itself', async () => {
    const { from, to, url } = await fullHouse();
    const tried: Promise<unknown>[] = [];
    const onProgress = () => {
      if (tried.length === 0) tried.push(onServer(url, "INSERT INTO cursors VALUES ('late', '1')"));
    };
    await move(from, to, { onProgress });
    await tried[0]; // it waited for the end, or it would have been found by the comparison
    expect(await to.get("SELECT 1 AS one FROM cursors WHERE platform = 'late'")).toEqual({
      one: 1,
    });
  });
});
