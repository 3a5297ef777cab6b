import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import { quickSettings } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { canMount, fill, makeReadOnly, newDisk } from '../support/disk.js';
import { temporaryFolder } from '../support/folder.js';
import { answersTo, answerTo, mention, pair, patient, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

describe.skipIf(!canMount)('a disk of its own', () => {
  it('that is nearly full: nothing is painted, which the bot says, until there is room', async () => {
    const disk = newDisk(150);
    const { ada, start, operator } = await scene(disk);
    const bot = await start();
    const free = fill(disk, 100);
    const asked = await mention(ada, 'please #draft', await pair());
    await vi.waitFor(() => expect(bot.output()).toContain('the disk is nearly full'), patient);
    await answerTo(ada, await mention(ada, 'hello', []));
    expect((await operator('queue', 'list')).out).toMatch(/^1 answered, 1 queued$/m);
    const [, health = ''] = /"url":"([^"]+)"/.exec(bot.output()) ?? [];
    const ready = await fetch(`${health}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'the disk is nearly full\n']);
    const doctor = await operator('doctor');
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(
      /^PROBLEM {2}data folder: only 0\.\d GB free on the disk of .* make room/m,
    );
    free();
    expect((await answerTo(ada, asked)).mediaAttachments).toHaveLength(1);
    expect((await fetch(`${health}/readyz`)).status).toBe(200);
  });

  it('that is full to the last byte: the bot ends with a clear sentence, and loses nothing', async () => {
    const disk = newDisk(150);
    const { ada, start, operator, account } = await scene(disk);
    const bot = await start();
    await answerTo(ada, await mention(ada, 'hello', []));
    const free = fill(disk);
    const asked = [];
    // The database may have some room left in its own files.
    do asked.push(await mention(ada, 'please', asked.length === 0 ? await pair() : []));
    while (!bot.output().includes('the queue cannot be written') && asked.length < 100);
    expect(await bot.ended()).toBe(1);
    expect(bot.output()).toMatch(
      /^pentimento: the queue cannot be written \(database or disk is full\); see to the disk and start the bot again, nothing is lost$/m,
    );

    const env = {
      ...quickSettings(temporaryFolder()),
      PENTIMENTO_DATA: disk,
      MASTODON_URL: account.url,
      MASTODON_ACCESS_TOKEN: account.accessToken,
    };
    const again = await pentimento(['bot'], { env });
    // It may get as far as the first mention: what it left in good order takes less room.
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/^pentimento: .*is full.*$/m);
    const doctor = await pentimento(['doctor'], { env });
    expect(doctor.out).toMatch(/^PROBLEM {2}data folder: .*(ENOSPC|0\.0 GB free)/m);

    free();
    await start();
    for (const each of asked) await answerTo(ada, each);
    await answerTo(ada, await mention(ada, 'thank you', []));
    for (const each of asked) expect(await answersTo(ada, each)).toHaveLength(1);
    expect((await operator('queue', 'list')).out).toMatch(/^\d+ answered$/m);
  });

  it('that is too small for a backup: that is said, and no half of one is left', async () => {
    const { ada, start, operator } = await scene();
    await start();
    await answerTo(ada, await mention(ada, 'hello', []));
    const disk = newDisk(1);
    fill(disk);
    const file = join(disk, 'backup.sqlite3');
    const { code, err } = await operator('backup', file);
    expect(code).toBe(1);
    expect(err).toMatch(/^pentimento: the queue cannot be saved in .*backup\.sqlite3: .*full\n$/);
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('that can only be read: the bot and the doctor say so', async () => {
    const disk = newDisk(1);
    const env = { ...quickSettings(temporaryFolder()), PENTIMENTO_DATA: disk };
    makeReadOnly(disk);
    const { code, out, err } = await pentimento(['bot'], { env });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^pentimento: the data folder .* cannot be used: .*read-only file system.*\n$/,
    );
    const doctor = await pentimento(['doctor'], { env });
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(
      /^PROBLEM {2}data folder: .*read-only file system.*PENTIMENTO_DATA$/m,
    );
    expect(doctor.out).not.toContain('it is running');
  });
});

describe('a database', () => {
  it.each([
    ['in its first page', 0],
    ['somewhere behind', 4096],
  ])('that is damaged %s is left alone, and the bot says what to do', async (_, at) => {
    const { ada, start, operator, folder } = await scene();
    const bot = await start();
    await answerTo(ada, await mention(ada, 'hello', []));
    await bot.end('SIGTERM');
    const file = join(folder, DATABASE_FILE);
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(4096, 'x'), 0, 4096, at);
    closeSync(handle);
    const before = readFileSync(file);
    const sentence = new RegExp(`^pentimento: .*${file} is damaged; .* bring back a backup .*\n$`);
    const { code, out, err } = await operator('bot');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(sentence);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

it('a picture that is damaged after it was painted is painted again, and that one is posted', async () => {
  const { ada, start, door, folder } = await scene();
  const bot = await start();
  door.cut('POST /api/v2/media');
  const asked = await mention(ada, 'please #draft', await pair());
  await vi.waitFor(() => expect(bot.output()).toContain('could not answer'), patient);
  const painting = () => {
    const [name = '', ...others] = readdirSync(join(folder, 'pictures'));
    expect(others).toEqual([]);
    return join(folder, 'pictures', name);
  };
  const file = painting();
  const painted = readFileSync(file);
  truncateSync(file, Math.floor(painted.length / 2));
  door.open();
  const answer = await answerTo(ada, asked);
  expect(bot.output()).toContain('it will be painted again');
  expect(painting()).not.toBe(file);
  expect(readFileSync(painting()).equals(painted)).toBe(true);
  const small = await fetch(answer.mediaAttachments[0]?.url ?? '');
  expect((await small.arrayBuffer()).byteLength).toBeGreaterThan(painted.length / 2);
});
