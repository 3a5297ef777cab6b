import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/paths.js';
import { FolderTaken, lockFolder } from '../../src/queue/lock.js';
import { quickSettings } from '../support/bot-process.js';
import { pentimento } from '../support/command.js';
import { fileServer, type FileServer } from '../support/file-server.js';
import { temporaryFolder } from '../support/folder.js';
import { writeKerasFile } from '../support/vgg-files.js';

const photo = join(projectRoot, 'data/samples/lily-leek.jpg');
const painting = join(projectRoot, 'data/styles/harbor-knife.jpg');

interface Scene {
  readonly models: string;
  readonly server: FileServer;
  readonly run: (
    args: readonly string[],
    more?: NodeJS.ProcessEnv,
    halfway?: 'SIGINT',
  ) => ReturnType<typeof pentimento>;
}

/**
 * A server with a file of VGG-19's structure, of few channels; and a folder with a manifest of one's own that says so, in
 * the place of ours for vgg19.
 */
async function scene(): Promise<Scene> {
  const [models, folder] = [temporaryFolder(), temporaryFolder()];
  const made = join(folder, 'made.h5');
  await writeKerasFile(made);
  const content = readFileSync(made);
  const ours = JSON.parse(readFileSync(join(projectRoot, 'models/vgg19.json'), 'utf8')) as {
    readonly source: object;
  };
  const digest = `md5:${createHash('md5').update(content).digest('hex')}`;
  const manifest = {
    ...ours,
    source: { ...ours.source, bytes: content.length, digest },
    dreamLayers: { relu4_2: 1 },
  };
  writeFileSync(join(models, 'vgg19.json'), JSON.stringify(manifest));
  const server = await fileServer(content);
  const env = {
    ...quickSettings(folder),
    PENTIMENTO_MODELS: models,
    PENTIMENTO_MODELS_MIRROR: server.url,
  };
  return {
    models,
    server,
    run: (args, more = {}, signal) =>
      pentimento(args, {
        folder,
        env: { ...env, ...more },
        ...(signal && { halfway: (child) => child.kill(signal) }),
      }),
  };
}

/** As long, and not the same. */
function spoiled(content: Uint8Array): Uint8Array {
  return content.with(content.length - 1, 255 - (content.at(-1) ?? 0));
}

const FILE = 'vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5';
const painted = [
  'render',
  '--content',
  photo,
  '--style',
  painting,
  '--size',
  '64',
  '--quality',
  'draft',
] as const;

describe('a network that is not here', () => {
  it('is said to be missing, fetched, resumed where it was interrupted, and paints', async () => {
    const { models, server, run } = await scene();
    const missing = await run([...painted, '--network', 'vgg19']);
    expect(missing).toMatchObject({ code: 1, out: '' });
    expect(missing.err).toMatch(
      /^pentimento: vgg19 is not here; fetch it with: pentimento models pull vgg19\n$/m,
    );

    const { length } = server.content;
    const half = Math.ceil(0.51 * length);
    server.mischief = (_, response) => {
      response.writeHead(200, { 'Content-Length': length, ETag: '"first"' });
      response.write(server.content.subarray(0, half));
      return true; // and then nothing
    };
    const interrupted = await run(['models', 'pull', 'vgg19'], {}, 'SIGINT');
    expect(interrupted).toMatchObject({ code: 130, out: '' });
    expect(readdirSync(models).sort()).toEqual([
      'models.lock',
      'vgg19.h5.part',
      'vgg19.h5.part.etag',
      'vgg19.json',
    ]);
    expect((await run(['models', 'list'])).out).toMatch(/^vgg19 +incomplete /m);

    server.mischief = () => false;
    const pulled = await run(['models', 'pull', 'vgg19']);
    expect(pulled.err).toContain('fetching: 100 %');
    expect(pulled).toMatchObject({ code: 0 });
    expect(pulled.out).toContain(`vgg19 is here: ${join(models, 'vgg19.h5')}`);
    expect(server.requests).toEqual([`/${FILE}`, `/${FILE} bytes=${half}-`]);
    expect(readFileSync(join(models, 'vgg19.h5')).equals(server.content)).toBe(true);
    expect((await run(['models', 'pull', 'vgg19'])).out).toContain('is here already');
    expect((await run(['models', 'verify'])).out).toMatch(/^vgg19: sound$/m);

    const output = join(models, 'painted.png');
    const render = await run([...painted, '--network', 'vgg19', '--output', output]);
    expect(render, render.err).toMatchObject({ code: 0 });
    expect(await sharp(output).metadata()).toMatchObject({ width: 50, height: 64 });
    const other = join(models, 'other.png');
    expect(await run([...painted, '--network', 'inception-v3', '--output', other])).toMatchObject({
      code: 0,
    });
    expect(readFileSync(other).equals(readFileSync(output))).toBe(false);
  });

  it('is fetched or removed by one at a time', async () => {
    const { models, server, run } = await scene();
    const take = () => lockFolder(join(models, 'models.lock'));
    const unlock = take();
    for (const command of ['pull', 'remove']) {
      const { code, err } = await run(['models', command, 'vgg19']);
      expect(code).toBe(1);
      expect(err).toContain('another pentimento fetches or removes a network');
    }
    expect(server.requests).toEqual([]);
    unlock();
    server.mischief = () => {
      expect(take).toThrow(FolderTaken);
      return false;
    };
    expect(await run(['models', 'pull', 'vgg19'])).toMatchObject({ code: 0 });
    take()();
  });

  it('is refused if what comes has another hash, and nothing of it is kept', async () => {
    const { models, server, run } = await scene();
    server.content = spoiled(server.content);
    const { code, err } = await run(['models', 'pull', 'vgg19']);
    expect(code).toBe(1);
    expect(err).toMatch(/^pentimento: what came is not the file: its hash is md5:.*\n$/m);
    expect(readdirSync(models).sort()).toEqual(['models.lock', 'vgg19.json']);
  });

  it('is not fetched offline, but taken from a file, if it is the right one', async () => {
    const { models, server, run } = await scene();
    const offline = { PENTIMENTO_OFFLINE: 'true' };
    const refused = await run(['models', 'pull', 'vgg19'], offline);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`${server.url}/${FILE}`);
    expect(refused.err).toContain('pentimento models pull vgg19 --from FILE');
    const mine = join(models, 'mine.h5');
    writeFileSync(mine, 'not a network');
    expect(await run(['models', 'pull', 'vgg19', '--from', mine], offline)).toMatchObject({
      code: 1,
    });
    writeFileSync(mine, server.content);
    expect(await run(['models', 'pull', 'vgg19', '--from', mine], offline)).toMatchObject({
      code: 0,
    });
    expect(server.requests).toEqual([]);

    expect(await run(['models', 'remove', 'vgg19'])).toMatchObject({
      code: 0,
      out: 'vgg19 is removed.\n',
    });
    expect(existsSync(join(models, 'vgg19.h5'))).toBe(false);
    expect((await run(['models', 'remove', 'vgg19'])).err).toContain('vgg19 is not here');
  });
});

describe('a fetched network that the settings name', () => {
  it('is what doctor reads, and measures devices with', async () => {
    const { run } = await scene();
    await run(['models', 'pull', 'vgg19']);
    const { code, out } = await run(['doctor'], { PENTIMENTO_NETWORK: 'vgg19' });
    expect(out).toMatch(/^ok {7}network: vgg19 has been read, /m);
    expect(out).toMatch(/^ok {7}device cpu: .* GFLOP\/s$/m);
    expect(code).toBe(0);
  });
});

describe('a damaged network', () => {
  it('is named by verify, list and doctor, never paints, and can be fetched anew', async () => {
    const { models, server, run } = await scene();
    writeFileSync(join(models, 'vgg19.h5'), spoiled(server.content));
    const verified = await run(['models', 'verify']);
    expect(verified.code).toBe(1);
    expect(verified.out).toContain('vgg19: damaged');
    expect(verified.err).toContain('pentimento models pull vgg19');
    expect((await run(['models', 'list'])).out).toMatch(/^vgg19 +damaged /m);
    expect((await run(['doctor'])).out).toMatch(/^PROBLEM {2}network: .*vgg19 is damaged/m);
    expect((await run([...painted, '--network', 'vgg19'])).err).toContain('vgg19 is damaged');
    expect(await run(['models', 'pull', 'vgg19'])).toMatchObject({ code: 0 });
    expect((await run(['doctor'])).out).toMatch(/^ok {7}network: inception-v3 /m);
  });
});

describe('wrong usage', () => {
  it.each([
    [['models', 'pull', 'vgg91'], 'there is no network "vgg91"; there are inception-v3, '],
    [['models', 'pull', 'inception-v3'], 'inception-v3 comes with the bot'],
    [['models', 'remove', 'inception-v3'], 'inception-v3 comes with the bot'],
    [['models', 'verify', 'vgg91'], 'there is no network "vgg91"'],
    [[...painted, '--network', 'vgg91'], 'there is no network "vgg91"'],
  ])('%j: exit code 2 and a sentence', async (args, sentence) => {
    const { code, err } = await pentimento(args, { env: quickSettings(temporaryFolder()) });
    expect(code).toBe(2);
    expect(err).toMatch(/pentimento: .* \(--help shows what is possible\)\n$/);
    expect(err).toContain(sentence);
  });
});

describe('a bot whose network is not here', () => {
  it('does not start, and says how to get it', async () => {
    const env = { ...quickSettings(temporaryFolder()), PENTIMENTO_NETWORK: 'vgg19' };
    const { code, err } = await pentimento(['bot'], { env });
    expect(code).toBe(1);
    expect(err).toContain('vgg19 is not here; fetch it with: pentimento models pull vgg19');
  });
});
