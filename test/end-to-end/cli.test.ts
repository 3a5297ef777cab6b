import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../../src/paths.js';
import { version } from '../../src/version.js';
import { quickSettings } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';

const photo = join(projectRoot, 'data/samples/lily-leek.jpg');
const painting = join(projectRoot, 'data/styles/harbor-knife.jpg');
const other = join(projectRoot, 'data/styles/sundown-window.jpg');

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in a folder of its own. */
async function pentimento(
  args: readonly string[],
  {
    folder = temporaryFolder(),
    env = {},
    interruptAt,
  }: { folder?: string; env?: NodeJS.ProcessEnv; interruptAt?: RegExp } = {},
): Promise<Outcome> {
  const tsx = join(projectRoot, 'node_modules/tsx/dist/loader.mjs');
  const child = spawn(
    process.execPath,
    ['--import', tsx, join(projectRoot, 'src/cli.ts'), ...args],
    { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (!child.killed && interruptAt?.test(err)) child.kill('SIGINT');
  });
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

const small = ['--size', '96'];

describe('pentimento render', () => {
  it('paints a picture, shows how it comes along, and says where it is', async () => {
    const folder = temporaryFolder();
    const { code, out, err } = await pentimento(
      ['render', '--content', photo, '--style', painting, ...small],
      { folder },
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^lily-leek-painted\.jpg: 76×96 pixels, painted in [\d.]+ s\n$/);
    expect(err).toContain('painting: 50 %');
    const file = join(folder, 'lily-leek-painted.jpg');
    expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', width: 76, height: 96 });
  });

  it('gives the same file for the same seed, another for another seed, strength or blend', async () => {
    const folder = temporaryFolder();
    const paint = async (name: string, ...more: readonly string[]) => {
      const output = join(folder, `${name}.png`);
      const args = ['--subject', photo, '--style', painting, '--output', output, '--size', '64'];
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
    [['render', '--style', painting], '--content (or --subject) is missing'],
    [['render', '--content', photo], '--style'],
    [['render', '--content', photo, '--subject', photo, '--style', painting], 'give one'],
    [['render', '--content', photo, '--style', painting, '--size', 'big'], 'from 64 to 2048'],
    [['render', '--content', photo, '--style', painting, '--strength', '101'], 'from 0 to 100'],
    [['render', '--content', photo, '--style', painting, '--output', 'a.gif'], '.webp'],
    [['render', '--content', photo, '--style', painting, '--output', 'no/a.jpg'], 'no folder'],
    [['paint'], "unknown command 'paint'"],
  ])('%j is wrong usage: exit code 2 and a sentence', async (args, sentence) => {
    const { code, out, err } = await pentimento(args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(out + err).not.toMatch(/^\s+at /m); // no stack trace
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
      ['render', '--content', photo, '--style', painting, ...small],
      { folder, interruptAt: /10 %/ },
    );
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('explains itself', async () => {
    const { code, out } = await pentimento(['render', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect((await pentimento(['--version'])).out).toBe(`${version}\n`);
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

describe('pentimento demo', () => {
  it('asks the bot in a sandbox and shows its answer, and keeps nothing but the picture', async () => {
    const folder = temporaryFolder();
    const settings = temporaryFolder();
    const { code, out, err } = await pentimento(['demo'], { folder, env: quickSettings(settings) });
    expect(code, err).toBe(0);
    expect(err).toContain('painting: 100 %');
    expect(out).toMatch(/^A visitor writes: @pentimento /);
    expect(out).toMatch(/^The bot answers: +@visitor Here is your repainted picture: strength 60/m);
    expect(out).toMatch(
      /^Alt text: +A photo \(.*\), repainted in the style of a painting \(.*\)\.$/m,
    );
    const file = join(folder, 'output', 'demo.jpg');
    expect(out).toMatch(new RegExp(`^Picture: +${file}$`, 'm'));
    expect(existsSync(file)).toBe(true);
    expect(readdirSync(settings)).toEqual(['settings.yaml']);
  });
});
