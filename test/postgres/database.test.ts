import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Patience } from '../../src/queue/postgres/connections.js';
import type { PostgresDatabase } from '../../src/queue/postgres/database.js';
import { Endings, newMark } from '../../src/queue/postgres/endings.js';
import { inHurry } from '../../src/queue/hurry.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { Queue } from '../../src/queue/queue.js';
import { DatabaseAway, DutyLost, MISSED, type Database } from '../../src/queue/sql.js';
import { QueueFeed } from '../../src/web/feed.js';
import { Cable, type Fate } from '../support/cable.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { startCluster, type Cluster } from '../support/postgres.js';
import { claimed, options } from '../support/queue.js';

/*
 * What is only so of PostgreSQL: a server that goes away, and others on the same database.
 */

let cluster: Cluster;
let schemas = 0;
/** Of the present test: a schema of its own, in a cluster that all share. */
let url: URL;

beforeAll(async () => {
  cluster = await startCluster({ durable: true });
});
afterAll(() => cluster.remove());
beforeEach(async () => {
  const schema = `test${++schemas}`;
  url = new URL(cluster.url);
  await asked(`CREATE SCHEMA ${schema}`);
  url.searchParams.set('options', `-c search_path=${schema}`);
});

/** As somebody from outside. */
async function asked(sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client(url.href);
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Somebody from outside who stays for longer. */
async function client(): Promise<pg.Client> {
  const client = new pg.Client(url.href);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function opened(way: URL = url, patience?: Patience) {
  const database = await openPostgres(way.href, patience);
  onTestFinished(() => database.close());
  return database;
}

async function cabled(): Promise<{ readonly cable: Cable; readonly way: URL }> {
  const cable = new Cable();
  const way = new URL(url);
  way.port = String(await cable.open(cluster.port));
  onTestFinished(() => cable.close());
  return { cable, way };
}

/** Meets the first that is sent with these words, and nothing after it. */
function once(words: string, fate: Fate): (sent: Buffer) => Fate {
  let isOver = false;
  return (sent) => {
    if (isOver || !sent.includes(words)) return 'goes on';
    isOver = true;
    return fate;
  };
}

const never = () => new AbortController().signal;
const outcome = { request, cost: 1 };
const count = async (database: Database) =>
  (await database.get<{ readonly n: number }>('SELECT count(*) AS n FROM requests'))?.n;

describe('a connection that breaks', () => {
  it.each(['BEGIN', 'INSERT INTO requests', 'COMMIT'] as const)(
    'before %s arrives has the whole done once, by another',
    async (words) => {
      const { cable, way } = await cabled();
      const database = await opened(way);
      const queue = new Queue(database, options);
      cable.fateOf = once(words, 'breaks before');
      expect(await queue.admit('here', mentionOf('1'), outcome)).toBeDefined();
      expect(await count(database)).toBe(1);
    },
  );

  it.each(['BEGIN', 'INSERT INTO requests', 'COMMIT'] as const)(
    'after %s was done and before one hears of it has nothing done twice',
    async (words) => {
      const { cable, way } = await cabled();
      const database = await opened(way);
      const queue = new Queue(database, options);
      cable.fateOf = once(words, 'breaks after');
      // The second time it would be there already, and so not admitted.
      expect(await queue.admit('here', mentionOf('1'), outcome)).toBeDefined();
      expect(await count(database)).toBe(1);
    },
  );

  it('after COMMIT was done leaves nobody with a wrong answer, however much of a hurry they are in', async () => {
    const { cable, way } = await cabled();
    const database = await opened(way, { until: never() });
    const queue = new Queue(database, options);
    const ends = once('COMMIT', 'breaks after');
    cable.fateOf = (sent) => {
      const its = ends(sent);
      if (its !== 'goes on') cable.fateOf = () => 'breaks before';
      return its;
    };
    const admitting = inHurry(() => queue.admit('here', mentionOf('1'), outcome));
    while (!database.isAway) await sleep(10);
    const asking = inHurry(() => database.all('SELECT 1'));
    await expect(asking).rejects.toBeInstanceOf(DatabaseAway);
    cable.fateOf = () => 'goes on';
    expect(await admitting).toBeDefined();
    expect(await count(database)).toBe(1);
  });

  it('when a claim is moved on does not make it seem lost', async () => {
    const { cable, way } = await cabled();
    const queue = new Queue(await opened(way), options);
    await queue.admit('here', mentionOf('1'), outcome);
    const claim = claimed(await queue.claimRender());
    cable.fateOf = once('COMMIT', 'breaks after');
    expect(await queue.rendered(claim, painted)).toBe(true);
    const reply = claimed(await queue.claimReply());
    cable.fateOf = once('COMMIT', 'breaks after');
    expect(await queue.answered(reply, 'reply')).toBe(true);
  });

  it.each([
    ['before COMMIT arrives', 'breaks before'],
    ['after COMMIT was done', 'breaks after'],
  ] as const)(
    '%s, and a server that crashes and gives out the same numbers of transactions again, have the whole done once',
    async (_, fate) => {
      const { cable, way } = await cabled();
      const database = await opened(way, { until: never() });
      const queue = new Queue(database, options);
      const ends = once('COMMIT', fate);
      const broken = new Promise<void>((resolve) => {
        cable.fateOf = (sent) => {
          const its = ends(sent);
          if (its === 'goes on') return its;
          cable.fateOf = () => 'breaks before';
          resolve();
          return its;
        };
      });
      const admitted = queue.admit('here', mentionOf('1'), outcome);
      await broken;
      if (fate === 'breaks after')
        while ((await asked('SELECT 1 FROM requests')).length === 0) await sleep(10);
      await cluster.stop('immediate');
      await cluster.start();
      await asked('CREATE TABLE others (n INTEGER)');
      await asked(
        'DO $$ BEGIN FOR n IN 1..100 LOOP INSERT INTO others VALUES (n); COMMIT; END LOOP; END $$',
      );
      cable.fateOf = () => 'goes on';
      expect(await admitted).toBeDefined();
      expect(await count(database)).toBe(1);
    },
  );

  it('while another is just ending waits for it', async () => {
    await opened();
    const endings = new Endings();
    const mark = newMark();
    const [ending, asking] = [await client(), await client()];
    await ending.query(`BEGIN; INSERT INTO endings VALUES ('${mark}', TRUE)`);
    const wasDone = endings.wasDone(asking, mark);
    while (
      (await asked(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).length === 0
    )
      await sleep(10);
    await ending.query('COMMIT');
    expect(await wasDone).toBe(true);
  });

  it('and of which one has asked is never done later', async () => {
    await opened();
    const endings = new Endings();
    const mark = newMark();
    const [late, asking] = [await client(), await client()];
    await late.query('CREATE TABLE late (n INTEGER)');
    await late.query('BEGIN; INSERT INTO late VALUES (1)');
    expect(await endings.wasDone(asking, mark)).toBe(false);
    expect(await endings.wasDone(asking, mark)).toBe(false); // asked again, the answer stays
    await expect(endings.commit(late, mark)).rejects.toThrow(/endings/);
    await late.query('ROLLBACK');
    expect(await asked('SELECT * FROM late')).toEqual([]);
  });

  it('leaves no more marks than there are connections', async () => {
    const queue = new Queue(await opened(), options);
    for (let i = 0; i < 20; i++) await queue.admit('here', mentionOf(String(i)), outcome);
    expect((await asked('SELECT * FROM endings')).length).toBe(1);
  });

  it('may be asked about for weeks, and not for ever', async () => {
    await opened();
    for (const days of [29, 31])
      await asked(
        `INSERT INTO endings VALUES (gen_random_uuid(), ${days === 29}, now() - interval '${days} days')`,
      );
    await opened();
    expect(await asked('SELECT was_done FROM endings')).toContainEqual({ was_done: true });
    expect(await asked('SELECT was_done FROM endings')).not.toContainEqual({ was_done: false });
  });

  it('leaves a mark whatever the statement was that changed something', async () => {
    const database = await opened();
    const marks = async () => (await asked('SELECT * FROM endings WHERE was_done')).length;
    await database.transaction((sql) => sql.run('UPDATE requests SET attempts = 1'));
    expect(await marks()).toBe(0);
    await database.transaction((sql) => sql.run('DO $$ BEGIN NULL; END $$'));
    expect(await marks()).toBe(1);
  });

  it('does not hide that what was asked is wrong', async () => {
    const database = await opened();
    await expect(database.run('INSERT INTO nothing VALUES (1)')).rejects.toThrow(/nothing/);
    await expect(database.all('SELECT * FROM nothing')).rejects.toThrow(/nothing/);
    expect(await count(database)).toBe(0);
  });
});

it('a statement that takes too long fails, and is not taken for an outage', async () => {
  const database = await opened();
  await expect(database.all('SELECT pg_sleep(12)')).rejects.toThrow(/timeout/);
  expect(database.isAway).toBe(false);
});

describe('a server that goes away', () => {
  it.each(['fast', 'immediate'] as const)(
    'and comes back (%s) is waited for, and told of once each way',
    async (mode) => {
      const weather: boolean[] = [];
      const database = await opened(url, { weather: (isBack) => weather.push(isBack) });
      const queue = new Queue(database, options);
      await queue.admit('here', mentionOf('1'), outcome);
      await cluster.stop(mode);
      const asking = [
        queue.admit('here', mentionOf('2'), outcome),
        queue.claimRender(),
        queue.pending(),
      ];
      while (!database.isAway) await sleep(10);
      await cluster.start();
      const [admitted, claim] = await Promise.all(asking);
      expect([admitted, claim]).not.toContain(undefined);
      expect(await count(database)).toBe(2);
      expect(weather).toEqual([false, true]);
      expect(database.isAway).toBe(false);
    },
  );

  it('is waited for until one is told to stop, and by a command for a while', async () => {
    const stop = new AbortController();
    const [bot, command] = [await opened(url, { until: stop.signal }), await opened()];
    await cluster.stop();
    try {
      const asking = bot.all('SELECT 1').catch((error: unknown) => error);
      await expect(command.all('SELECT 1')).rejects.toBeInstanceOf(DatabaseAway);
      const still = Promise.race([asking, Promise.resolve('waits')]);
      expect(await still).toBe('waits');
      stop.abort();
      expect(await asking).toBeInstanceOf(DatabaseAway);
    } finally {
      await cluster.start();
    }
  });

  it('does not keep those waiting who ask what is pending after somebody had begun to look', async () => {
    const database = await opened(url, { until: never() });
    const feed = new QueueFeed(new Queue(database, options), 'here');
    await feed.current();
    await cluster.stop();
    try {
      feed.subscribe(() => undefined);
      const first = feed.current();
      expect(await inHurry(() => feed.current())).toEqual([]);
      await first;
    } finally {
      await cluster.start();
    }
  });

  it('is not what a busy pool is taken for', async () => {
    const weather: boolean[] = [];
    const database = await opened(url, { weather: (isBack) => weather.push(isBack) });
    // All the connections that there are, for longer than one waits to be connected.
    const all = Array.from({ length: 8 }, () => database.all('SELECT pg_sleep(5.5)'));
    await database.all('SELECT 1');
    await Promise.all(all);
    expect(weather).toEqual([]);
  });

  it('does not keep one from closing', async () => {
    const database = await openPostgres(url.href);
    database.news.hear(() => undefined);
    await cluster.stop();
    const asking = database.all('SELECT 1').catch((error: unknown) => error);
    try {
      await database.close();
      expect(await asking).toBeInstanceOf(Error);
    } finally {
      await cluster.start();
    }
  });
});

it('two that wait for each other are both done, one of them at the second try', async () => {
  const database = await opened();
  await database.run('CREATE TABLE pairs (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)');
  await database.run('INSERT INTO pairs VALUES (1, 0), (2, 0)');
  let tries = 0;
  let bothHold: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (bothHold = resolve));
  const add = (first: number, second: number) =>
    database.transaction(async (sql) => {
      const more = 'UPDATE pairs SET n = n + 1 WHERE id = @id';
      await sql.run(more, { id: first });
      if (++tries === 2) bothHold();
      await held;
      await sql.run(more, { id: second });
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  expect(tries).toBe(3);
  expect(await database.all('SELECT n FROM pairs')).toEqual([{ n: 2 }, { n: 2 }]);
});

describe('a duty', () => {
  const aborted = async (signal: AbortSignal) => {
    while (!signal.aborted) await sleep(10);
  };

  it('is one’s at a time, and the next one’s when that one ends', async () => {
    const [one, other] = [await opened(), await opened()];
    const events: string[] = [];
    let end: () => void = () => undefined;
    const first = one.onDuty('listening', never(), () => {
      events.push('first begins');
      return new Promise<void>((resolve) => (end = resolve));
    });
    while (events.length === 0) await sleep(10);
    const second = other.onDuty(
      'listening',
      never(),
      () => Promise.resolve(events.push('second')),
      () => {
        events.push('second stands by');
        end();
      },
    );
    await Promise.all([first, second]);
    expect(events).toEqual(['first begins', 'second stands by', 'second']);
  });

  it('is another one than another, and another one in another schema', async () => {
    const one = await opened();
    const elsewhere = new URL(cluster.url);
    await asked('CREATE SCHEMA IF NOT EXISTS elsewhere');
    elsewhere.searchParams.set('options', '-c search_path=elsewhere');
    const there = await opened(elsewhere);
    const all = await one.onDuty('listening', never(), async () => [
      await one.onDuty('accounts', never(), () => Promise.resolve('accounts')),
      await there.onDuty('listening', never(), () => Promise.resolve('elsewhere')),
    ]);
    expect(all).toEqual(['accounts', 'elsewhere']);
  });

  it('does not begin after the signal', async () => {
    const [one, other] = [await opened(), await opened()];
    const stop = new AbortController();
    const result = await one.onDuty('listening', never(), () =>
      other.onDuty(
        'listening',
        stop.signal,
        () => Promise.resolve('done'),
        () => stop.abort(),
      ),
    );
    expect(result).toBeUndefined();
  });

  it('is lost with the connection, of which whoever is at it hears', async () => {
    const one = await opened();
    const heard = one.onDuty('listening', never(), async (signal) => {
      await asked(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'`);
      await aborted(signal);
      expect(signal.reason).toBeInstanceOf(DutyLost);
    });
    await expect(heard).rejects.toBeInstanceOf(DutyLost);
  });

  it('is given up when nothing comes over the connection any more', async () => {
    const { cable, way } = await cabled();
    const database = await opened(way);
    const lost = database.onDuty('listening', never(), async (signal) => {
      cable.cut();
      await aborted(signal);
      cable.mend();
    });
    await expect(lost).rejects.toBeInstanceOf(DutyLost);
  });
});

describe('news', () => {
  /** Has one tell something until the other has heard it: whoever does not listen yet does not hear it. */
  const between = (one: PostgresDatabase, other: PostgresDatabase) => {
    const heard: string[] = [];
    other.news.hear((news) => heard.push(news));
    return async (news: string) => {
      while (!heard.includes(news)) {
        one.news.tell(news);
        await sleep(20);
      }
      expect(heard).toContain(news);
    };
  };

  it('reach all on the database, also after the connection was lost', async () => {
    const [one, other] = [await opened(), await opened()];
    const toldUntilHeard = between(one, other);
    await toldUntilHeard('first');
    await asked(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`,
    );
    await toldUntilHeard('second');
  });

  it('are heard again after a cut of which nobody was told', async () => {
    const { cable, way } = await cabled();
    const [one, other] = [await opened(), await opened(way, { until: never() })];
    const toldUntilHeard = between(one, other);
    await toldUntilHeard('before');
    cable.forget();
    await toldUntilHeard('after');
  });

  it('may have been missed after the connection was lost, which is told', async () => {
    const database = await opened();
    const heard: string[] = [];
    database.news.hear((news) => heard.push(news));
    await expect.poll(() => heard).toEqual([MISSED]);
    await asked(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`,
    );
    await expect.poll(() => heard).toEqual([MISSED, MISSED]);
  });

  it('are not those of another bot in the same database', async () => {
    const elsewhere = new URL(cluster.url);
    await asked('CREATE SCHEMA next_door');
    elsewhere.searchParams.set('options', '-c search_path=next_door');
    const [one, there, here] = [await opened(), await opened(elsewhere), await opened()];
    const heard: string[] = [];
    for (const database of [there, here]) database.news.hear((news) => heard.push(news));
    while (!heard.includes('of one’s own')) {
      there.news.tell('of the other');
      one.news.tell('of one’s own');
      await sleep(50);
    }
    // Each has heard its own by now, and nobody twice.
    const heardHere: string[] = [];
    here.news.hear((news) => heardHere.push(news));
    for (let i = 0; i < 10; i++) {
      there.news.tell(`of the other ${i}`);
      one.news.tell(`of one’s own ${i}`);
      while (!heardHere.includes(`of one’s own ${i}`)) await sleep(10);
    }
    expect(heardHere.filter((news) => news.startsWith('of the other'))).toEqual([]);
  });

  it('wake a queue elsewhere, whose version says so', async () => {
    const [one, other] = [await opened(), await opened()];
    const [here, there] = [new Queue(one, options), new Queue(other, options)];
    const seen = there.version;
    for (let i = 0; there.version === seen; i++) {
      await here.admit('here', mentionOf(String(i)), outcome);
      await sleep(20);
    }
    expect(there.version).not.toBe(seen);
  });
});

describe('opening', () => {
  it('refuses a database from a newer version, and says what to do', async () => {
    await opened();
    await asked('UPDATE schema_version SET version = 1000');
    await expect(openPostgres(url.href)).rejects.toThrow(
      'the database was written by a newer version of pentimento; please update',
    );
  });

  it('by several at once makes one schema', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => opened()));
    for (const database of all) expect(await count(database)).toBe(0);
  });

  it('says at once what is wrong, and never the password', async () => {
    const wrong = new URL(url);
    wrong.password = 'hunter2hunter2';
    wrong.pathname = '/nowhere';
    const error: unknown = await openPostgres(wrong.href).catch((error: unknown) => error);
    expect(String(error)).toMatch(/nowhere/);
    expect(String(error)).not.toMatch(/hunter2/);
  });
});
