import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasNvidiaGpu } from '../../src/graph/gpus.js';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import { quickSettings } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';
import { answersTo, answerTo, mention, pair, patient, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

it('a second bot on the same folder is refused in one sentence, and the first goes on', async () => {
  const { ada, start, operator, folder } = await scene();
  await start();
  expect(await operator('bot')).toEqual({
    code: 1,
    out: '',
    err: `pentimento: the data folder ${folder} cannot be used: another bot is running with it; stop that one first\n`,
  });
  await answerTo(ada, await mention(ada, 'still there?', []));
});

describe('while the bot runs, its operator', () => {
  it('pauses it, cancels and retries what waits, lets it go on, and reads what became of it all', async () => {
    const { ada, start, operator } = await scene();
    await start();
    expect((await operator('queue', 'list')).out).toBe('Nobody has asked for anything yet.\n');
    expect((await operator('queue', 'pause')).out).toContain('until "pentimento queue resume"');
    const kept = await mention(ada, 'please #draft', await pair());
    const cancelled = await mention(ada, 'this, too #draft', await pair());
    await answerTo(ada, await mention(ada, 'hello', [])); // what needs no painting is answered all the same
    const waiting = await operator('queue', 'list');
    expect(waiting.out).toMatch(
      /^ {5}1 {2}[\d-]+ [\d:]+ {2}ada@127\.0\.0\.1 +queued, 0 ahead, painting is paused$/m,
    );
    expect(waiting.out).toMatch(/^1 answered, 2 queued$/m);
    expect(waiting.out).toContain('"pentimento queue resume" goes on');

    expect((await operator('queue', 'cancel', '2')).out).toContain('Request 2 is cancelled.');
    const again = await operator('queue', 'cancel', '2');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toBe(
      'pentimento: request 2 is cancelled already, so there is nothing to cancel\n',
    );
    // By now the bot has looked into the queue several times.
    const shown = await operator('queue', 'show', '1');
    expect(shown.out).toMatch(/^from +ada@127\.0\.0\.1 on mastodon:127\.0\.0\.1/m);
    expect(shown.out).toMatch(/^state +queued$/m);
    expect(shown.out).toMatch(/^attempts +0$/m);
    expect(await answersTo(ada, kept)).toEqual([]);

    expect((await operator('queue', 'resume')).out).toBe('Painting goes on.\n');
    expect((await answerTo(ada, kept)).mediaAttachments).toHaveLength(1);
    expect(await answersTo(ada, cancelled)).toEqual([]);
    const { out: stats } = await operator('stats');
    expect(stats).toMatch(/^answered +2$/m);
    expect(stats).toMatch(/^cancelled +1$/m);
    expect(stats).toMatch(/^last 24 hours +1 painted for 1 person; /m);

    expect((await operator('queue', 'retry', '2')).out).toBe('Request 2 is tried again.\n');
    expect((await answerTo(ada, cancelled)).mediaAttachments).toHaveLength(1);
    expect(await operator('queue', 'show', '99')).toEqual({
      code: 1,
      out: '',
      err: 'pentimento: there is no request 99; "pentimento queue list" shows what there is\n',
    });
  });

  it('cancels what is being painted, and it gets no picture', async () => {
    const { ada, start, operator } = await scene();
    const bot = await start();
    const asked = await mention(ada, 'please #draft', await pair());
    await vi.waitFor(() => expect(bot.painters()).toHaveLength(1), patient);
    expect(await operator('queue', 'cancel', '1')).toMatchObject({ code: 0 });
    await vi.waitFor(() => expect(bot.output()).toContain('was cancelled while it was'), patient);
    await answerTo(ada, await mention(ada, 'hello', []));
    expect(await answersTo(ada, asked)).toEqual([]);
    expect((await operator('queue', 'show', '1')).out).toMatch(/^state +cancelled$/m);
  });

  it('blocks an account as the list names it, which gets no answer until it is unblocked', async () => {
    const { ada, person, start, operator } = await scene();
    const bot = await start('logLevel: debug');
    const bela = await person('bela');
    expect(await operator('block', 'ada')).toEqual({
      code: 2,
      out: '',
      err: 'pentimento: ada is neither an account like ada@example.social nor a domain like example.social; "pentimento queue list" shows who asked (--help shows what is possible)\n',
    });
    expect((await operator('block', '@Ada@127.0.0.1')).out).toContain('passed over in silence');
    expect((await operator('block')).out).toBe('ada@127.0.0.1\n');
    const ignored = await mention(ada, 'hello', []);
    await vi.waitFor(() => expect(bot.output()).toContain('"blocked"'), patient);
    await answerTo(bela, await mention(bela, 'hello', []));
    expect(await answersTo(ada, ignored)).toEqual([]);
    expect((await operator('unblock', 'ada@127.0.0.1')).out).toContain('answered again');
    await answerTo(ada, await mention(ada, 'hello again', []));
    expect(await operator('unblock', 'ada@127.0.0.1')).toMatchObject({
      code: 1,
      err: 'pentimento: ada@127.0.0.1 is not blocked; "pentimento block" lists who is\n',
    });
  });

  it('saves the queue, and a bot elsewhere goes on from there with the same requests', async () => {
    const { ada, account, start, operator, folder } = await scene();
    const bot = await start();
    await answerTo(ada, await mention(ada, 'hello', []));
    await operator('queue', 'pause');
    const asked = await mention(ada, 'please #draft', await pair());
    await vi.waitFor(async () => {
      expect((await operator('queue', 'list')).out).toContain('1 queued');
    }, patient);
    const file = join(temporaryFolder(), 'backup.sqlite3');
    expect((await operator('backup', file)).out).toBe(`The queue is saved in ${file}.\n`);
    expect(await operator('backup', file)).toMatchObject({ code: 2 });
    expect(await operator('backup', join(folder, 'nowhere', 'backup'))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^pentimento: .*nowhere.*\n$/) as unknown,
    });
    await bot.end('SIGKILL');

    const elsewhere = temporaryFolder();
    renameSync(file, join(elsewhere, DATABASE_FILE));
    const env = {
      ...quickSettings(elsewhere),
      MASTODON_URL: account.url,
      MASTODON_ACCESS_TOKEN: account.accessToken,
    };
    expect(await pentimento(['queue', 'list'], { env })).toEqual(await operator('queue', 'list'));
    expect((await pentimento(['queue', 'list', '--state', 'answered'], { env })).out).toEqual(
      (await operator('queue', 'list', '--state', 'answered')).out,
    );
    expect((await pentimento(['queue', 'show', '2'], { env })).out).toContain(asked.id);
  });
});

describe('pentimento doctor', () => {
  it('finds nothing wrong with a bot that runs', async () => {
    const { start, operator, account } = await scene();
    await start();
    const { code, out, err } = await operator('doctor');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^(ok {7}.*\n){8}((ok {7}|absent {3})device .*\n){3}$/);
    expect(out).toMatch(/^ok {7}device cpu: ONNX Runtime, CPU, .*, [\d.]+ GFLOP\/s$/m);
    expect(out).toContain('bot: it is running');
    expect(out).toContain(
      `account: the server accepts pentimento@${new URL(account.url).hostname}`,
    );
  });

  it.skipIf(hasNvidiaGpu())(
    'says that the device which the settings name cannot be used',
    async () => {
      const env = { ...quickSettings(temporaryFolder()), PENTIMENTO_DEVICE: 'cuda' };
      const { code, out } = await pentimento(['doctor'], { env });
      expect(code).toBe(1);
      expect(out).toMatch(
        /^PROBLEM {2}device cuda: there is no NVIDIA GPU; the bot computes on the CPU/m,
      );
    },
  );

  it('says what is wrong and what to do, and exits with 1', async () => {
    const { url, account } = await scene();
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    writeFileSync(
      join(damaged, DATABASE_FILE),
      'not a database, and longer than a header is '.repeat(9),
    );
    for (const [env, ...sentences] of [
      [
        { MASTODON_ACCESS_TOKEN: 'wrong-token' },
        'account: cannot sign in at .*: it does not accept the access token; sign in again',
      ],
      [{ MASTODON_URL: 'http://127.0.0.1:9' }, 'account: cannot sign in at .* is that reachable'],
      [
        { PENTIMENTO_DATA: file },
        `data folder: ${file} cannot be used \\(.+\\); .* PENTIMENTO_DATA`,
      ],
      [{ PENTIMENTO_PORT: String(port) }, `bot: .*127.0.0.1:${port}.* PENTIMENTO_PORT`],
      [{ PENTIMENTO_DATA: damaged }, 'queue: .* is damaged; .* backup'],
    ] as const) {
      const { code, out, err } = await pentimento(['doctor'], {
        env: {
          ...quickSettings(folder),
          MASTODON_URL: url,
          MASTODON_ACCESS_TOKEN: account.accessToken,
          ...env,
        },
      });
      expect(code).toBe(1);
      expect(err).toMatch(
        /^pentimento: the bot cannot run like this: (one problem|\d problems)\n$/,
      );
      for (const sentence of sentences)
        expect(out).toMatch(new RegExp(`^PROBLEM {2}${sentence}`, 'm'));
      expect(out).not.toContain('wrong-token');
      // What cannot be looked at is not called sound.
      if ('PENTIMENTO_DATA' in env) expect(out).not.toContain('it is running');
    }
    expect(existsSync(join(folder, 'pentimento.sqlite3'))).toBe(false);
  });
});
