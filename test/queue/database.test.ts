import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/queue/database.js';
import { mentionOf, request } from '../support/fixtures.js';
import { databaseFile, queueAt } from '../support/queue.js';

function open(file: string): Database.Database {
  const database = openDatabase(file);
  onTestFinished(() => void database.close());
  return database;
}

const schemaOf = (database: Database.Database) =>
  database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();

describe('opening a database', () => {
  it('gives a new file the schema', () => {
    const database = open(databaseFile());
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    expect(tables).toEqual(['cursors', 'dispatch', 'people', 'requests']);
  });

  it('keeps what an existing one holds', () => {
    const file = databaseFile();
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
    const file = databaseFile();
    const newer = new Database(file);
    newer.pragma('user_version = 1000');
    newer.close();
    expect(() => openDatabase(file)).toThrow(
      `${file} was written by a newer version of pentimento; please update`,
    );
  });

  it('survives a power cut with what it was told: it waits for the disk', () => {
    const database = open(databaseFile());
    expect(database.pragma('synchronous', { simple: true })).toBe(2); // FULL
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  });
});

describe('the schema refuses', () => {
  const filled = () => {
    const file = databaseFile();
    queueAt(file).admit('here', mentionOf('1'), { request, cost: 1 });
    return open(file);
  };

  it('a state that does not exist', () => {
    const database = filled();
    expect(() => database.exec("UPDATE requests SET state = 'lost'")).toThrow('CHECK');
    expect(() => database.exec("UPDATE requests SET state = 'answered'")).not.toThrow();
  });

  it.each([
    ['a weight of nothing', 'UPDATE people SET weight = 0', 'CHECK'],
    ['a second virtual time', 'INSERT INTO dispatch VALUES (2, 0)', 'CHECK'],
    ['a request of nobody', "UPDATE requests SET person = 'nobody'", 'FOREIGN KEY'],
    ['a word for a cost', "UPDATE requests SET cost = 'much'", 'REAL'],
    [
      'the same mention twice',
      `INSERT INTO requests (platform, mention_id, person, mention, state, start_tag, finish_tag, cost, created_at, changed_at)
       VALUES ('here', '1', 'ada', '{}', 'queued', 0, 0, 0, 0, 0)`,
      'UNIQUE',
    ],
  ])('%s', (_, sql, reason) => {
    const database = filled();
    expect(() => database.exec(sql)).toThrow(reason);
  });
});
