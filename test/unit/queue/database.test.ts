import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../../src/queue/sqlite.js';
import { listed, tallies } from '../../../src/queue/desk.js';
import { migrations } from '../../../src/queue/migrations.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { newPlace, queueAt } from '../../support/queue.js';

function open(file: string): Database.Database {
  const database = openSqlite(file).connection;
  onTestFinished(() => void database.close());
  return database;
}

const schemaOf = (database: Database.Database) =>
  database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();

describe('opening a database', () => {
  it('gives a new file the schema', () => {
    const database = open(newPlace());
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    expect(tables).toEqual([
      'api_keys',
      'attempts',
      'blocks',
      'cursors',
      'dispatch',
      'inbox',
      'own_posts',
      'paces',
      'people',
      'reads',
      'requests',
      'tallies',
      'untold',
    ]);
  });

  it('keeps what an existing one holds', () => {
    const file = newPlace();
    const first = open(file);
    const schema = schemaOf(first);
    first.prepare("INSERT INTO cursors VALUES ('here', '5')").run();
    first.close();
    const second = open(file);
    expect(schemaOf(second)).toEqual(schema);
    expect(second.prepare('SELECT * FROM cursors').all()).toEqual([
      { platform: 'here', position: '5' },
    ]);
    expect(second.prepare('SELECT count(*) FROM dispatch').pluck().get()).toBe(1);
  });

  it('refuses one from a newer version, and says what to do', () => {
    const file = newPlace();
    const newer = new Database(file);
    newer.pragma('user_version = 1000');
    newer.close();
    expect(() => openSqlite(file)).toThrow(
      `${file} was written by a newer version of pentimento; please update`,
    );
  });

  it('survives a power cut with what it was told: it waits for the disk', () => {
    const database = open(newPlace());
    expect(database.pragma('synchronous', { simple: true })).toBe(2); // FULL
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  });
});

/** A database as version `count` of the program left it, with a request in every state that there was. */
function leftBy(count: number): { readonly file: string; readonly states: readonly string[] } {
  const file = newPlace();
  const old = new Database(file);
  for (const { sqlite } of migrations.slice(0, count)) old.exec(sqlite);
  old.pragma(`user_version = ${count}`);
  const states = ['queued', 'rendering', 'answering', 'answered', 'unanswerable'];
  if (count > 0) {
    old.exec("INSERT INTO people (platform, person) VALUES ('here', 'ada')");
    const insert = old.prepare(
      `INSERT INTO requests (platform, mention_id, person, mention, request, state, answer, start_tag, finish_tag,
                             cost, created_at, changed_at, lease_token, lease_until)
       VALUES ('here', ?, 'ada', ?, ?, ?, ?, ?, ?, 1, 1000, 2000, ?, ?)`,
    );
    for (const [i, state] of states.entries())
      insert.run(
        state,
        JSON.stringify(mentionOf(state)),
        JSON.stringify(request),
        state,
        state.startsWith('answer') ? JSON.stringify(painted) : null,
        i,
        i + 1,
        state === 'rendering' ? 'token' : null,
        state === 'rendering' ? 3000 : null,
      );
    old.exec("UPDATE dispatch SET last_start = 1; INSERT INTO cursors VALUES ('here', '5')");
  }
  old.close();
  return { file, states: count > 0 ? states : [] };
}

it.each(migrations.map((_, i) => i))(
  'a database that version %i left becomes the same as a new one, and loses nothing',
  async (count) => {
    const { file, states } = leftBy(count);
    const database = open(file);
    expect(schemaOf(database)).toEqual(schemaOf(open(newPlace())));
    expect(database.pragma('foreign_key_check')).toEqual([]);
    database.close();

    const queue = queueAt(file, () => 4000);
    const found = Object.entries(await tallies(queue.database)).filter(([, n]) => n > 0);
    expect(found.map(([state]) => state).sort()).toEqual([...states].sort());
    for (const state of ['answered', 'queued'] as const)
      expect(await listed(queue.database, state, 9)).toHaveLength(states.length > 0 ? 1 : 0);
    expect(await queue.cursor('here').get()).toBe(states.length > 0 ? '5' : undefined);
    const order = [await queue.claimRender(), await queue.claimRender()].map(
      (claim) => claim?.mention,
    );
    expect(order).toEqual(
      states.length > 0 ? [mentionOf('queued'), mentionOf('rendering')] : [undefined, undefined],
    );
    if (states.length > 0) expect(await queue.claimReply()).toMatchObject({ answer: painted });
    for (const state of states)
      expect(await queue.admit('here', mentionOf(state), { request, cost: 1 })).toBeUndefined();
  },
);

describe('the schema refuses', () => {
  const filled = async () => {
    const file = newPlace();
    await queueAt(file).admit('here', mentionOf('1'), { request, cost: 1 });
    return open(file);
  };

  it('a state that does not exist', async () => {
    const database = await filled();
    expect(() => database.exec("UPDATE requests SET state = 'lost'")).toThrow('CHECK');
    expect(() => database.exec("UPDATE requests SET state = 'answered'")).not.toThrow();
  });

  it.each([
    ['a weight of nothing', 'UPDATE people SET weight = 0', 'CHECK'],
    ['a second virtual time', 'INSERT INTO dispatch VALUES (2, 0, 0)', 'CHECK'],
    ['a request of nobody', "UPDATE requests SET person = 'nobody'", 'FOREIGN KEY'],
    ['a word for a cost', "UPDATE requests SET cost = 'much'", 'REAL'],
    [
      'the same mention twice',
      `INSERT INTO requests (platform, mention_id, person, mention, state, start_tag, finish_tag, cost, created_at, changed_at)
       VALUES ('here', '1', 'ada', '{}', 'queued', 0, 0, 0, 0, 0)`,
      'UNIQUE',
    ],
  ])('%s', async (_, sql, reason) => {
    const database = await filled();
    expect(() => database.exec(sql)).toThrow(reason);
  });
});
