import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasNvidiaGpu } from '../../src/graph/gpus.js';
import { projectRoot } from '../../src/paths.js';
import { version } from '../../src/version.js';
import { quickSettings } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { temporaryFolder } from '../support/folder.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

const photo = join(projectRoot, 'data/samples/lily-leek.jpg');
const painting = join(projectRoot, 'data/styles/harbor-knife.jpg');
const other = join(projectRoot, 'data/styles/sundown-window.jpg');

const small = ['--size', '64', '--quality', 'draft'];
/** A picture that takes long enough to be met in the middle of it. */
const slow = ['--size', '96'];

describe('pentimento render', () => {
  it('paints a picture, shows how it comes along, and says where it is', async () => {
    const folder = temporaryFolder();
    const { code, out, err } = await pentimento(
      ['render', '--content', photo, '--style', painting, ...slow],
      { folder },
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^lily-leek-painted\.jpg: 76×96 pixels, painted in [\d.]+ s\n$/);
    expect(err).toContain('painting: 50 %');
    const file = join(folder, 'lily-leek-painted.jpg');
    expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', width: 76, height: 96 });
  });

  it.skipIf(hasNvidiaGpu())(
    'computes on the device that the settings name, and says why if that cannot be',
    async () => {
      const { code, err } = await pentimento(
        ['render', '--content', photo, '--style', painting, ...small],
        { env: { PENTIMENTO_DEVICE: 'cuda' } },
      );
      expect(code).toBe(0);
      expect(err).toMatch(/^pentimento: the device cuda cannot be used \(.+\)$/m);
    },
  );

  it('gives the same file for the same seed, another for another seed, strength or blend', async () => {
    const folder = temporaryFolder();
    const paint = async (name: string, ...more: readonly string[]) => {
      const output = join(folder, `${name}.png`);
      const args = ['--subject', photo, '--style', painting, '--output', output, ...small];
      expect(await pentimento(['render', ...args, ...more])).toMatchObject({ code: 0 });
      return readFileSync(output);
    };
    const first = await paint('first', '--seed', '7');
    expect((await paint('second', '--seed', '7')).equals(first)).toBe(true);
    const others = [
      await paint('seed', '--seed', '8'),
      await paint('strength', '--seed', '7', '--strength', '90'),
      await paint('blend', '--seed', '7', '--style', other),
    ];
    for (const picture of others) expect(picture.equals(first)).toBe(false);
  });

  it.each([
    [['render'], '--content (or --subject) and --style are missing'],
    [['render', '--style', painting], '--content (or --subject) is missing'],
    [['render', '--content', photo], '--style is missing'],
    [['render', '--contnet', photo], "'--contnet'; did you mean --content?"],
    [['render', '--content', '', '--style', painting], 'the name of a file'],
    [['render', '--content', photo, '--subject', photo, '--style', painting], 'give one'],
    [['render', '--content', photo, '--style', painting, '--size', 'big'], 'from 64 to 2048'],
    [['render', '--content', photo, '--style', painting, '--size', '1e2'], 'from 64 to 2048'],
    [['render', '--content', photo, '--style', painting, '--size', '0x40'], 'from 64 to 2048'],
    [['render', '--content', photo, '--style', painting, '--strength', '101'], 'from 0 to 100'],
    [['render', '--content', photo, '--style', painting, '--strength', ''], 'from 0 to 100'],
    [['render', '--content', photo, '--style', painting, '--output', 'a.gif'], ', or .webp: a.gif'],
    [['render', '--content', photo, '--style', painting, '--output', 'no/a.jpg'], 'no folder'],
    [['render', '--content', photo, '--style', painting, '--blend', '1,2'], ': 1, and not 2'],
    [['paint'], "unknown command 'paint'"],
  ])('%j is wrong usage: exit code 2 and a sentence', async (args, sentence) => {
    const { code, out, err } = await pentimento(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^pentimento: .* \(--help shows what is possible\)\n$/);
    expect(err).toContain(sentence);
  });

  it('never replaces a picture that it is given, under whatever name', async () => {
    const folder = temporaryFolder();
    copyFileSync(photo, join(folder, 'photo.jpg'));
    copyFileSync(painting, join(folder, 'photo-painted.jpg'));
    symlinkSync('photo.jpg', join(folder, 'link.jpg'));
    linkSync(join(folder, 'photo.jpg'), join(folder, 'hard.jpg'));
    const names = readdirSync(folder);
    for (const [output, input] of [
      [['--output', 'photo.jpg'], 'photo.jpg'],
      [['--output', join(folder, 'photo.jpg')], 'photo.jpg'],
      [['--output', 'link.jpg'], 'photo.jpg'],
      [['--output', 'hard.jpg'], 'photo.jpg'],
      [['--output', 'photo-painted.jpg'], 'photo-painted.jpg'],
      [[], 'photo-painted.jpg'],
    ] as const) {
      const args = ['--content', 'photo.jpg', '--style', 'photo-painted.jpg', ...output];
      const { code, err } = await pentimento(['render', ...args, ...small], { folder });
      expect(code).toBe(2);
      expect(err).toMatch(new RegExp(`^pentimento: the result would replace ${input}; .*\n$`));
    }
    expect(readdirSync(folder)).toEqual(names);
    expect(readFileSync(join(folder, 'photo.jpg')).equals(readFileSync(photo))).toBe(true);
  });

  it('says before it paints that the result cannot be written, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder.jpg'));
    for (const [output, sentence] of [
      ['folder.jpg', 'something that is not a file has this name already'],
      [`${'x'.repeat(252)}.jpg`, 'the name is too long'],
      ['/proc/x.png', 'no file can be made in this folder'],
    ] as const) {
      const { code, err } = await pentimento(
        ['render', '--content', photo, '--style', painting, '--output', output],
        { folder },
      );
      expect(code).toBe(1);
      expect(err).toBe(`pentimento: ${output} cannot be written: ${sentence}\n`);
    }
    expect(readdirSync(folder)).toEqual(['folder.jpg']);
  });

  it('writes nothing but the picture, neither in the home folder nor among temporary files', async () => {
    const [folder, home, temporary] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    // Of this environment nothing: some variables of CI services would keep libraries quiet, too.
    const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
    const env = { ...nothing, HOME: home, TMPDIR: temporary, TSX_DISABLE_CACHE: '1' };
    const { code } = await pentimento(
      ['render', '--content', photo, '--style', painting, ...small],
      { folder, env },
    );
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(['lily-leek-painted.jpg']);
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('goes on when nobody reads any more what it says', async () => {
    const folder = temporaryFolder();
    const { code } = await pentimento(
      ['render', '--content', photo, '--style', painting, ...slow],
      {
        folder,
        halfway: ({ stdout, stderr }) => {
          stdout?.destroy();
          stderr?.destroy();
        },
      },
    );
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(['lily-leek-painted.jpg']);
  });

  it.skipIf(!existsSync('/dev/full'))('says so when its output goes to a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    expect(await pentimento(['render', '--help'], { stdout: full })).toMatchObject({
      code: 1,
      err: 'pentimento: standard output cannot be written to (ENOSPC)\n',
    });
  });

  it('says what is wrong with a picture in one sentence, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'text.jpg'), 'I am a text.');
    for (const [content, sentence] of [
      ['none.jpg', 'There is no such file.'],
      ['text.jpg', 'This is not a picture'],
    ] as const) {
      const { code, err } = await pentimento(
        ['render', '--content', content, '--style', painting],
        {
          folder,
        },
      );
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`^pentimento: ${content}: ${sentence}.*\n$`));
    }
    expect(readdirSync(folder)).toEqual(['text.jpg']);
  });

  it('ends with 130 when it is interrupted, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const { code, err } = await pentimento(
      ['render', '--content', photo, '--style', painting, ...slow],
      { folder, halfway: (child) => child.kill('SIGINT') },
    );
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('explains itself', async () => {
    const { code, out } = await pentimento(['render', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain('photo-painted.jpg');
    expect((await pentimento(['--version'])).out).toBe(`${version}\n`);
  });

  it('says nothing of several machines to whoever has no PostgreSQL', async () => {
    const ofSeveral = ['listen', 'work', 'migrate-to-postgres'];
    const folder = temporaryFolder();
    const shown = async (env: NodeJS.ProcessEnv) => {
      const { out } = await pentimento(['--help'], { env, folder });
      return [...out.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name);
    };
    const alone = await shown({ DATABASE_URL: undefined });
    expect(alone).toContain('bot');
    for (const name of ofSeveral) expect(alone).not.toContain(name);
    writeFileSync(join(folder, '.env'), 'DATABASE_URL=postgres://db.example/bot');
    expect(await shown({ DATABASE_URL: undefined })).toEqual(expect.arrayContaining(ofSeveral));
  });
});

describe('pentimento bot', () => {
  it('says in one sentence why it cannot start, and ends', async () => {
    const folder = temporaryFolder();
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const [env, sentence] of [
      [{ PENTIMENTO_PORT: String(port) }, `127.0.0.1:${port}: something else listens there`],
      [{ PENTIMENTO_DATA: file }, `the data folder ${file} cannot be used: `],
    ] as const) {
      const { code, out, err } = await pentimento(['bot'], {
        env: { ...quickSettings(folder), ...env },
      });
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err).toMatch(/^pentimento: .*\n$/);
      expect(err).toContain(sentence);
    }
  });
});

describe('settings', () => {
  it('are read from .env in the current folder, and the environment has the last word', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), 'PENTIMENTO_DATA=from-file\nPENTIMENTO_PORT=70000\n');
    const { PENTIMENTO_CONFIG } = quickSettings(folder);
    const bad = await pentimento(['queue', 'list'], { folder, env: { PENTIMENTO_CONFIG } });
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toMatch(
      /^pentimento: the configuration cannot be used: web\.port \(PENTIMENTO_PORT\): .*\n$/,
    );
    const env = { PENTIMENTO_CONFIG, PENTIMENTO_PORT: '0' };
    const { err } = await pentimento(['queue', 'list'], { folder, env });
    expect(err).toContain(`there is no queue in ${join(folder, 'from-file')} yet`);
  });
});

describe('pentimento demo', () => {
  it('leaves nothing behind when the settings are wrong', async () => {
    const temporary = temporaryFolder();
    const env = { TMPDIR: temporary, TSX_DISABLE_CACHE: '1', PENTIMENTO_PORT: 'none' };
    expect(await pentimento(['demo'], { env })).toMatchObject({ code: 1, out: '' });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('asks the bot in a sandbox and shows its answer, and keeps nothing but the picture', async () => {
    const folder = temporaryFolder();
    const settings = temporaryFolder();
    let asked = 0;
    const store = createServer((connection) => {
      asked++;
      connection.destroy();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void store.close());
    await once(store, 'listening');
    const theirs = `127.0.0.1:${(store.address() as AddressInfo).port}`;
    const env = {
      ...quickSettings(settings),
      // What belongs to the bot of an operator is not asked for, let alone tidied.
      DATABASE_URL: `postgres://${theirs}/pentimento`,
      PENTIMENTO_PICTURES: 's3',
      S3_ENDPOINT: `http://${theirs}`,
      S3_BUCKET: 'pentimento',
      S3_ACCESS_KEY_ID: 'a',
      S3_SECRET_ACCESS_KEY: 'b',
    };
    const { code, out, err } = await pentimento(['demo'], { folder, env });
    expect(asked).toBe(0);
    expect(code, err).toBe(0);
    expect(err).toContain('painting: 100 %');
    expect(out).toMatch(/^A visitor writes: @pentimento /);
    expect(out).toMatch(/^The bot answers: +@visitor .+: strength 60\./m);
    expect(out).toMatch(
      /^Alt text: +A photo \(.*\), repainted in the style of a painting \(.*\)\.$/m,
    );
    const file = join(folder, 'output', 'demo.jpg');
    expect(out).toMatch(new RegExp(`^Picture: +${file}$`, 'm'));
    expect(existsSync(file)).toBe(true);
    expect(readdirSync(settings)).toEqual(['settings.yaml']);
  });
});
