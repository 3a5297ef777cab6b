import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { accountFile } from '../../../src/accounts/file.js';
import { accountTable } from '../../../src/accounts/table.js';
import { projectRoot } from '../../../src/paths.js';
import { copyPictures } from '../../../src/pictures/copying.js';
import { filesStore } from '../../../src/pictures/files.js';
import { postgresStore } from '../../../src/pictures/postgres.js';
import { keyOf } from '../../../src/pictures/store.js';
import { LOCK_FILE, lockFolder } from '../../../src/queue/lock.js';
import { move } from '../../../src/queue/moving.js';
import { openPostgres } from '../../../src/queue/postgres/open.js';
import { DATABASE_FILE, openSqlite } from '../../../src/queue/sqlite.js';
import { quickSettings } from '../../support/bot-process.js';
import { pentimento, type Outcome } from '../../support/command.js';
import { emptyDatabase, onServer } from '../../support/empty-database.js';
import { temporaryFolder } from '../../support/folder.js';
import { secret } from '../../support/secrets.js';
import { programFile } from '../../support/program.js';
import { everythingInPostgres, everythingInSqlite } from './everything.js';
import { fillHouse } from './full-house.js';

/** A data folder with one of everything, and many pages of some of it. */
const house = mkdtempSync(join(tmpdir(), 'pentimento-house-'));
beforeAll(async () => {
  await fillHouse(join(house, DATABASE_FILE), house);
  crowd(join(house, DATABASE_FILE), 8000);
});
afterAll(() => rmSync(house, { recursive: true }));

function crowd(file: string, n: number): void {
  const database = new Database(file);
  database.exec(`
    WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${n})
    INSERT INTO people (platform, person, finish_tag) SELECT 'crowd', 'p' || i, i / 3.0 FROM numbers;
    INSERT INTO requests (platform, mention_id, person, mention, state, start_tag, finish_tag, cost, created_at, changed_at)
    SELECT platform, person, person, json_object('id', person, 'visibility', 'public'), 'cancelled', finish_tag, finish_tag, 0, 1, 1
    FROM people WHERE platform = 'crowd';`);
  database.close();
}

const account = {
  url: 'https://mastodon.example',
  address: 'easel@mastodon.example',
  accessToken: secret('access token', 'a-token-that-nobody-shows'),
  clientId: 'id',
  clientSecret: secret('client secret', 'a-secret-that-nobody-shows'),
};

/** The data folder of a bot that has been stopped, and what its operator types there. */
async function stopped(withAccount = false) {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  cpSync(house, data, { recursive: true });
  if (withAccount) await accountFile(data).change((all) => ({ ...all, mastodon: [account] }));
  const url = await emptyDatabase();
  const env = { ...quickSettings(folder), PENTIMENTO_DATA: data, DATABASE_URL: url };
  const file = join(data, DATABASE_FILE);
  return {
    data,
    file,
    moved: `${file}.moved`,
    url,
    env,
    before: everythingInSqlite(file),
    migrate: (more: NodeJS.ProcessEnv = {}) =>
      pentimento(['migrate-to-postgres'], { env: { ...env, ...more } }),
    type: (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
      pentimento(args, { env: { ...env, ...more } }),
  };
}

describe('pentimento migrate-to-postgres', () => {
  it('copies the pictures, each once', async () => {
    const { data, url, migrate } = await stopped();
    const key = keyOf('pictures/1-00112233.jpg');
    const sent = keyOf('uploads/abcdefghijklmnopqrstuv/photo');
    for (const each of [key, sent]) {
      mkdirSync(join(data, dirname(each)), { recursive: true });
      writeFileSync(join(data, each), each);
    }
    const { out } = await migrate();
    expect(out).toContain('2 pictures were copied, too');
    expect(existsSync(join(data, key))).toBe(true);
    const database = await openPostgres(url);
    onTestFinished(() => database.close());
    const pictures = postgresStore(database);
    for (const each of [key, sent]) expect(String(await pictures.get(each))).toBe(each);
    expect(await copyPictures(filesStore(data), pictures, data, AbortSignal.timeout(60_000))).toBe(
      0,
    );
    expect(readdirSync(data).filter((name) => name.startsWith('moving-'))).toEqual([]);
  });

  it('moves all that there is, puts the files aside, and says what is next', async () => {
    const { data, file, moved, url, before, migrate, type } = await stopped(true);
    const listed = await type(['queue', 'list'], { DATABASE_URL: '' });
    const { code, out, err } = await migrate();
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err).toMatch(/^(moving: \d+ %\n)+$/);
    expect(out).toMatch(/^The queue and the accounts are moved: \d+ rows, each compared/);
    expect(out).toContain(`${moved}; when all is well, delete it.`);
    expect(await everythingInPostgres(url, [...before.keys()])).toEqual(before);
    expect(await accountTable(url).read()).toEqual({ mastodon: [account], x: [] });
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(data).sort()).toEqual([
      'accounts.json.moved',
      'accounts.lock',
      'pentimento.lock',
      'pentimento.sqlite3.moved',
    ]);
    expect(everythingInSqlite(moved)).toEqual(before);
    expect(await type(['queue', 'list'])).toEqual(listed);
  });

  it('says so if painting is paused, as it still is afterward', async () => {
    const { migrate, type } = await stopped();
    await type(['queue', 'pause'], { DATABASE_URL: '' });
    expect((await migrate()).out).toContain(
      'There, too, painting is paused, and "pentimento queue resume" goes on.',
    );
    expect((await type(['queue', 'list'])).out).toContain('Painting is paused');
  });

  it('may be typed again, and then does nothing', async () => {
    const { url, before, migrate } = await stopped();
    await migrate();
    expect(await migrate()).toEqual({
      code: 0,
      out: 'The queue has been moved already; there is nothing to do.\n',
      err: '',
    });
    expect(await everythingInPostgres(url, [...before.keys()])).toEqual(before);
  });

  it('is the end of the old queue: neither a bot nor a command goes on with it by accident', async () => {
    const { file, migrate, type } = await stopped();
    await migrate();
    for (const args of [['bot'], ['queue', 'list'], ['keys', 'create', 'late'], ['doctor']]) {
      const { code, out, err } = await type(args, { DATABASE_URL: '' });
      expect(code).toBe(1);
      expect(out + err).toContain('the queue has moved to PostgreSQL; set DATABASE_URL');
    }
    expect(existsSync(file)).toBe(false);
  });

  it('tells who names another database afterward that it is not there', async () => {
    const { migrate, moved } = await stopped();
    await migrate();
    const { code, err } = await migrate({ DATABASE_URL: await emptyDatabase() });
    expect(code).toBe(1);
    expect(err).toContain('not to the database that DATABASE_URL names');
    expect(err).toContain(moved);
  });

  it('moves a queue of an old version, too', async () => {
    const { file, url, env } = await stopped();
    rmSync(file);
    const { migrations } = await import('../../../src/queue/migrations.js');
    const old = new Database(file);
    for (const { sqlite } of migrations.slice(0, 3)) old.exec(sqlite);
    old.exec("INSERT INTO people (platform, person) VALUES ('here', 'ada')");
    old.pragma('user_version = 3');
    old.close();
    expect((await pentimento(['migrate-to-postgres'], { env })).code).toBe(0);
    expect(await onServer(url, 'SELECT person, in_gallery FROM people')).toEqual([
      { person: 'ada', in_gallery: 1 },
    ]);
  });
});

describe('pentimento migrate-to-postgres refuses, in one sentence,', () => {
  it.each([
    [
      'without DATABASE_URL',
      2,
      /set DATABASE_URL to the PostgreSQL database to move to/,
      () => Promise.resolve({ DATABASE_URL: '' }),
    ],
    [
      'where there is no queue',
      1,
      /there is no queue in .*nowhere, so there is nothing to move/,
      () => {
        const nowhere = join(temporaryFolder(), 'nowhere');
        mkdirSync(nowhere);
        return Promise.resolve({ PENTIMENTO_DATA: nowhere });
      },
    ],
    [
      'a database with the data of another bot',
      1,
      /the database that DATABASE_URL names holds the data of another bot/,
      async () => {
        const url = await emptyDatabase();
        await (await openPostgres(url)).close();
        await onServer(url, "INSERT INTO cursors VALUES ('here', '5')");
        return { DATABASE_URL: url };
      },
    ],
    [
      'a database with the accounts of another bot',
      1,
      /the database that DATABASE_URL names holds the data of another bot/,
      async () => {
        const url = await emptyDatabase();
        const other = { ...account, address: 'brush@mastodon.example' };
        await accountTable(url).change((all) => ({ ...all, mastodon: [other] }));
        return { DATABASE_URL: url };
      },
    ],
  ])('%s', async (_, status, reason, prepared) => {
    const { file, before, migrate } = await stopped(true);
    const { code, out, err } = await migrate(await prepared());
    expect({ code, out }).toEqual({ code: status, out: '' });
    const said = err.replaceAll(/^moving: \d+ %\n/gm, '');
    expect(said).toMatch(/^pentimento: [^\n]*\n$/);
    expect(said).toMatch(reason);
    expect(everythingInSqlite(file)).toEqual(before);
  });

  it('while a bot runs with the folder', async () => {
    const { data, url, migrate } = await stopped();
    const unlock = lockFolder(join(data, LOCK_FILE));
    onTestFinished(unlock);
    expect(await migrate()).toEqual({
      code: 1,
      out: '',
      err: `pentimento: a bot is running with ${data}; stop it first\n`,
    });
    expect(
      await onServer(url, 'SELECT 1 FROM pg_tables WHERE schemaname = current_schema'),
    ).toEqual([]);
  });
});

it('refuses while a bot listens at the database, wherever that is', async () => {
  const { url, file, migrate } = await stopped();
  const there = await openPostgres(url);
  onTestFinished(() => there.close());
  const end = new AbortController();
  const refused = await there.onDuty('listening', end.signal, () => migrate());
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused?.err).toBe(
    'pentimento: a bot is running with the database that DATABASE_URL names; stop it first\n',
  );
  expect(existsSync(file)).toBe(true);
});

/** Types the command, and kills it as soon as it has said how far it is. */
async function killedAt(percent: number, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [...programFile('cli'), 'migrate-to-postgres'], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes(`moving: ${percent} %`)) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(said).toContain(`moving: ${percent} %`);
}

describe('killed in the middle', () => {
  it.each([10, 50, 100])(
    'at %i percent, and typed again, it ends as if nothing had been',
    async (percent) => {
      const { moved, url, env, before, migrate } = await stopped(true);
      await killedAt(percent, env);
      // Either nothing of it is there, or all.
      const rows = await onServer<{ n: number }>(url, 'SELECT count(*)::int AS n FROM requests');
      expect([0, before.get('requests')?.length]).toContain(rows[0]?.n);
      expect(existsSync(moved) && rows[0]?.n === 0).toBe(false);

      expect((await migrate()).code).toBe(0);
      expect(await everythingInPostgres(url, [...before.keys()])).toEqual(before);
      expect(await accountTable(url).read()).toEqual({ mastodon: [account], x: [] });
      expect(everythingInSqlite(moved)).toEqual(before);
    },
  );

  it('again and again, it comes to its end when it is let', async () => {
    const { moved, url, env, before, migrate } = await stopped();
    for (const percent of [30, 80]) await killedAt(percent, env);
    expect((await migrate()).code).toBe(0);
    expect(await everythingInPostgres(url, [...before.keys()])).toEqual(before);
    expect(everythingInSqlite(moved)).toEqual(before);
  });

  it('after all has arrived, and before the files are put aside, only that is left to do', async () => {
    const { file, moved, url, before, migrate } = await stopped();
    const [from, to] = [openSqlite(file), await openPostgres(url)];
    await move(from, to);
    await from.close();
    await to.close();
    // And a bot has begun to work there.
    await onServer(url, "UPDATE cursors SET position = 'later'");
    const { code, out } = await migrate();
    expect(code).toBe(0);
    expect(out).toMatch(/^All of it had been moved before\.\nFrom now on/);
    expect(everythingInSqlite(moved)).toEqual(before);
    expect(await onServer(url, 'SELECT position FROM cursors LIMIT 1')).toEqual([
      { position: 'later' },
    ]);
  });
});
