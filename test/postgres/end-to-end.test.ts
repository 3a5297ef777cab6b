import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LOCK_FILE, lockFolder } from '../../src/queue/lock.js';
import { sayPaints } from '../../src/queue/painters.js';
import { openPostgres } from '../../src/queue/postgres/open.js';
import { Queue } from '../../src/queue/queue.js';
import { DATABASE_FILE, openSqlite } from '../../src/queue/sqlite.js';
import { quickSettings } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { emptyDatabase, onServer } from '../support/empty-database.js';
import { mentionOf, painted, request } from '../support/fixtures.js';
import { temporaryFolder } from '../support/folder.js';
import { startCluster, type Cluster } from '../support/postgres.js';
import { claimed, options } from '../support/queue.js';
import { secret } from '../support/secrets.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.remove());

/** Who types commands with DATABASE_URL, which has a password that nothing may tell. */
async function operator() {
  const url = new URL(await emptyDatabase(cluster));
  url.password = secret('access token', 'password-of-the-database');
  const folder = temporaryFolder();
  const env = { ...quickSettings(folder), DATABASE_URL: url.href };
  const database = await openPostgres(url.href);
  onTestFinished(() => database.close());
  const queue = new Queue(database, { ...options, machine: 'easel-1' });
  const type = (...args: readonly string[]) => pentimento(args, { env });
  return { env, folder, database, queue, type };
}

/** What a database has. */
const TABLES = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`;

describe('with DATABASE_URL', () => {
  it('the queue is listed, shown, paused, cancelled and tried again', async () => {
    const { queue, type } = await operator();
    await queue.admit('here', mentionOf('1', 'ada'), { request, cost: 1 });
    await queue.admit('here', mentionOf('2', 'bela'), { request, cost: 1 });
    expect((await type('queue', 'pause')).out).toContain('until "pentimento queue resume"');
    const list = await type('queue', 'list');
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toMatch(/ada@here\.example +queued, 0 ahead, painting is paused/);
    expect(list.out).toMatch(/^2 queued$/m);
    expect((await type('queue', 'cancel', '2')).out).toContain('Request 2 is cancelled.');
    expect((await type('queue', 'show', '2')).out).toMatch(/^state +cancelled$/m);
    expect((await type('queue', 'retry', '2')).out).toBe('Request 2 is tried again.\n');
    expect((await type('queue', 'resume')).out).toBe('Painting goes on.\n');
    expect((await queue.claimRender())?.id).toBe(1);
  });

  it('keys are made, listed and revoked', async () => {
    const { type } = await operator();
    const made = await type('keys', 'create', 'photo booth', '--weight', '2.5');
    const [, id = ''] = /^pentimento_([0-9a-f]{12})_[\w-]{43}\n$/.exec(made.out) ?? [];
    expect((await type('keys', 'list')).out).toMatch(
      new RegExp(`^${id}  photo booth: since .*, never used, weight 2.5\\n$`),
    );
    expect((await type('keys', 'revoke', id)).out).toContain('is revoked');
  });

  it('people are blocked and unblocked', async () => {
    const { type } = await operator();
    expect((await type('block', '@troll@trolls.example')).code).toBe(0);
    expect((await type('block')).out).toBe('troll@trolls.example\n');
    expect((await type('unblock', 'troll@trolls.example')).out).toContain('answered again');
  });

  it('what hangs in the gallery is listed and taken down, and counted', async () => {
    const { queue, type } = await operator();
    await queue.admit('here', mentionOf('1'), { request, cost: 1 });
    const pace = { device: 'cpu', costPerSecond: 2e6 };
    await queue.rendered(claimed(await queue.claimRender()), painted, pace);
    await queue.answered(claimed(await queue.claimReply()), '9');
    expect((await type('gallery', 'list')).out).toContain('ada@here.example');
    expect((await type('gallery', 'remove', '1')).code).toBe(0);
    expect((await type('gallery', 'list')).out).not.toContain('ada@here.example');
    const { out } = await type('stats');
    expect(out).toMatch(/^answered +1$/m);
    expect(out).toMatch(/^last 24 hours +1 painted for 1 person; /m);
    expect(out).toMatch(/^pace +2\.00 million pixel steps per second on cpu of easel-1$/m);
  });

  it('a backup is left to pg_dump', async () => {
    const { type } = await operator();
    expect(await type('backup', join(temporaryFolder(), 'backup'))).toEqual({
      code: 2,
      out: '',
      err: 'pentimento: the queue is in PostgreSQL (DATABASE_URL); save it with pg_dump (--help shows what is possible)\n',
    });
  });

  it('logging out knows only what is in the database', async () => {
    const { type } = await operator();
    expect((await type('logout')).err).toContain('no account is signed in');
  });
});

describe('pentimento doctor, with DATABASE_URL,', () => {
  it('says which server it is, which schema, and whether a bot listens', async () => {
    const { database, type } = await operator();
    const idle = await type('doctor');
    expect(idle.code).toBe(0);
    expect(idle.out).toMatch(
      /^ok {7}queue: PostgreSQL \d+\.\d+.*, version \d+ of the tables in schema "public"; no bot listens, 0 processes paint$/m,
    );
    const end = new AbortController();
    const busy = await database.onDuty('listening', end.signal, () => type('doctor'));
    expect(busy?.code).toBe(1);
    expect(busy?.out).toMatch(
      /^PROBLEM {2}queue: a bot listens, and nobody paints: start "pentimento work", /m,
    );
    await sayPaints(database, 'here', Date.now());
    const complete = await database.onDuty('listening', end.signal, () => type('doctor'));
    expect(complete?.out).toMatch(/^ok {7}queue: PostgreSQL .*; a bot listens, 1 process paints$/m);
  });

  it('tells apart whether a bot listens, and whether a process works in this data folder', async () => {
    const { folder, type } = await operator();
    const idle = await type('doctor');
    expect(idle.out).toContain(`bot: no process of it works in ${folder}; `);
    const unlock = lockFolder(join(folder, LOCK_FILE));
    onTestFinished(unlock);
    const busy = await type('doctor');
    expect(busy.out).toContain(`bot: a process of it works in ${folder}\n`);
    expect(busy.out).toContain('; no bot listens, ');
  });

  it('says how many processes paint, that painting is paused, and where pictures are', async () => {
    const { database, type } = await operator();
    await sayPaints(database, 'here', Date.now());
    await type('queue', 'pause');
    const { code, out } = await type('doctor');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ok {7}queue: .*, 1 process paints; painting is paused, and "pentimento queue resume" goes on$/m,
    );
    expect(out).toMatch(/^ok {7}pictures: in the database, which answers$/m);
  });

  it('only looks at a database that is empty', async () => {
    const url = await emptyDatabase(cluster);
    const env = { ...quickSettings(temporaryFolder()), DATABASE_URL: url };
    const { code, out } = await pentimento(['doctor'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ok {7}queue: PostgreSQL .*, no tables in schema "public" yet; the bot makes them when it first starts$/m,
    );
    expect(out).toMatch(/^ok {7}pictures: in the database, as soon as it has its tables$/m);
    expect(await onServer(url, TABLES)).toEqual([]);
  });

  it('finds a queue that was left in the data folder, before anything has been begun and after', async () => {
    const url = await emptyDatabase(cluster);
    const folder = temporaryFolder();
    const env = { ...quickSettings(folder), DATABASE_URL: url };
    const file = join(folder, DATABASE_FILE);
    await openSqlite(file).close();
    const problem = `PROBLEM  queue: DATABASE_URL is set, and what is in ${file} is not in that database; `;
    const empty = await pentimento(['doctor'], { env });
    expect(empty.code).toBe(1);
    expect(empty.out).toContain(problem);
    const database = await openPostgres(url);
    onTestFinished(() => database.close());
    expect((await pentimento(['doctor'], { env })).out).toContain(problem);
    await database.run(`INSERT INTO moved_from VALUES ('that of a queue', 1)`);
    expect((await pentimento(['doctor'], { env })).code).toBe(0);
  });

  it('does not bring a database of another version to its own', async () => {
    const { env, database, type } = await operator();
    await database.run('UPDATE schema_version SET version = version - 1');
    await database.run('DROP TABLE painters');
    const before = await onServer(env.DATABASE_URL, TABLES);
    const older = await type('doctor');
    expect(older.code).toBe(0);
    expect(older.out).toMatch(
      /^ok {7}queue: .*, version \d+ of the tables in schema "public", of which a bot makes version \d+ when it starts; no bot listens$/m,
    );
    expect(await onServer(env.DATABASE_URL, TABLES)).toEqual(before);
    await database.run('UPDATE schema_version SET version = version + 2');
    const newer = await type('doctor');
    expect(newer.code).toBe(1);
    expect(newer.out).toMatch(
      /^PROBLEM {2}queue: .* a newer version of pentimento; please update$/m,
    );
  });

  it('says what to look at where the storage of the pictures does not answer', async () => {
    const { env } = await operator();
    const storage = {
      PENTIMENTO_PICTURES: 's3',
      S3_ENDPOINT: 'http://127.0.0.1:9',
      S3_BUCKET: 'easel',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: secret('client secret', 'a-key-that-nobody-shows'),
    };
    const { code, out } = await pentimento(['doctor'], { env: { ...env, ...storage } });
    expect(code).toBe(1);
    expect(out).toMatch(
      /^PROBLEM {2}pictures: the storage of the pictures cannot be used: .*ECONNREFUSED.*; see whether the storage runs, and to pictures\.s3/m,
    );
  });

  it.each([
    ['nobody listens', (url: URL) => (url.port = '9'), /ECONNREFUSED/],
    ['there is no such database', (url: URL) => (url.pathname = '/nowhere'), /"nowhere"/],
  ])('says what is wrong where %s', async (_, spoil, reason) => {
    const { env } = await operator();
    const url = new URL(env.DATABASE_URL);
    spoil(url);
    const { code, out } = await pentimento(['doctor'], { env: { ...env, DATABASE_URL: url.href } });
    expect(code).toBe(1);
    const [line = ''] =
      /^PROBLEM {2}queue: the database \(DATABASE_URL\) cannot be used: .+$/m.exec(out) ?? [];
    expect(line).toMatch(reason);
  });
});

/** A server that lets in nobody without a password. */
async function guardedCluster(password: string): Promise<Cluster> {
  const guarded = await startCluster();
  onTestFinished(() => guarded.remove());
  await onServer(guarded.url, `ALTER ROLE pentimento PASSWORD '${password}'`);
  // It trusts everybody; from now on nobody.
  await onServer(
    guarded.url,
    `DO $$ BEGIN EXECUTE format('COPY (SELECT %L) TO %L', 'host all all all scram-sha-256', current_setting('hba_file')); END $$`,
  );
  // By then every test is over: whoever neither signs in nor hangs up is not to be helped by the server.
  await onServer(guarded.url, "ALTER SYSTEM SET authentication_timeout = '10min'");
  await onServer(guarded.url, 'SELECT pg_reload_conf()');
  return guarded;
}

it('a password that the address does not have is taken from PGPASSWORD, whatever is in it', async () => {
  const password = secret('access token', 'it%40s: "ö/\\ &#?@secret');
  const guarded = await guardedCluster(password);
  const env = { ...quickSettings(temporaryFolder()), DATABASE_URL: guarded.url };
  const list = (PGPASSWORD: string) =>
    pentimento(['queue', 'list'], { env: { ...env, PGPASSWORD } });
  expect((await list('another')).err).toContain('password authentication failed');
  expect(await list(password)).toMatchObject({ code: 0, err: '' });
});

it('whoever has no password where the server wants one is told so, and ends', async () => {
  const { url } = await guardedCluster(secret('access token', 'that-nobody-has-told'));
  const env = { ...quickSettings(temporaryFolder()), DATABASE_URL: url, PGPASSWORD: '' };
  expect(await pentimento(['bot'], { env })).toMatchObject({
    code: 1,
    err: 'pentimento: the database (DATABASE_URL) cannot be used: the server wants a password: put it into DATABASE_URL, or into PGPASSWORD\n',
  });
});

/** Without the package that they name, as where npm has not been told to install it. */
function without(name: string): NodeJS.ProcessEnv {
  const hooks = `export const resolve = (specifier, context, next) => {
    if (specifier === '${name}') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(specifier, context);
  };`;
  const inline = (code: string) =>
    `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const start = inline(`import { register } from 'node:module'; register('${inline(hooks)}');`);
  return { NODE_OPTIONS: `--import "${start}"` };
}

it('where the package pg is not installed, whoever sets DATABASE_URL is told how to', async () => {
  const { env } = await operator();
  for (const args of [['queue', 'list'], ['bot']]) {
    const { code, err } = await pentimento(args, { env: { ...env, ...without('pg') } });
    expect(code).toBe(1);
    expect(err).toContain('needs the package pg; install it with: npm install pg\n');
  }
  const { err } = await pentimento(['queue', 'list'], {
    env: { ...env, DATABASE_URL: '', ...without('pg') },
  });
  expect(err).toContain('there is no queue'); // and nobody else needs it
});
