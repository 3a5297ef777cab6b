import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasNvidiaGpu } from '../../../src/graph/gpus.js';
import { createLog, type Log } from '../../../src/log.js';
import { projectRoot } from '../../../src/paths.js';
import { PictureError, type RenderJob } from '../../../src/render/job.js';
import { RenderPool, WorkerLost, type PoolOptions } from '../../../src/render/pool.js';
import { temporaryFolder } from '../../support/folder.js';
import { usual } from '../../support/jobs.js';

const anyStudio = { network: 'auto', device: 'auto' } as const;

function pool(changes: Partial<PoolOptions> = {}): RenderPool {
  const log = createLog('silent');
  // Where it is not what is tested, a machine may be as slow as it likes.
  const limits = { silenceMs: 60_000, jobMs: 60_000, memoryBytes: 4e9 };
  const made = new RenderPool({
    workers: 1,
    studio: anyStudio,
    gpus: [],
    ...limits,
    log,
    ...changes,
  });
  onTestFinished(() => made.close());
  return made;
}

function job(changes: Partial<Extract<RenderJob, { effect: 'painting' }>> = {}): RenderJob {
  return {
    ...usual,
    content: join(projectRoot, 'data/samples/lily-leek.jpg'),
    styles: [{ file: join(projectRoot, 'data/styles/harbor-knife.jpg'), weight: 1 }],
    output: join(temporaryFolder(), 'painted.jpg'),
    size: 64,
    quality: 'draft',
    faces: true,
    ...changes,
  };
}

/** A log, and the lines that are written to it. */
function recorded(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { log: createLog('info', { write: (line) => void lines.push(line) }), lines };
}

/** A variable of the environment that a process was started with. */
function variableOf(pid: number, name: string): string | undefined {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

describe('the render pool', () => {
  it('paints in a process of its own, which it keeps, and reports progress up to the end', async () => {
    const one = pool();
    const first = job();
    const fractions: number[] = [];
    const pids = new Set<number>();
    const onProgress = ({ fraction }: { fraction: number }) => {
      fractions.push(fraction);
      for (const pid of one.painting) pids.add(pid);
    };
    const painted = await one.paint(first, { onProgress });
    expect(painted).toMatchObject({ width: 50, height: 64 });
    expect(existsSync(first.output)).toBe(true);
    expect(fractions.at(-1)).toBeCloseTo(1);
    await one.paint(job(), { onProgress });
    expect(pids.size).toBe(1);
    expect(pids).not.toContain(process.pid);
  });

  it('says which picture is bad, and goes on with the same worker', async () => {
    const one = pool();
    const content = join(temporaryFolder(), 'none.jpg');
    const bad = one.paint(job({ content }));
    await expect(bad).rejects.toThrow(PictureError);
    await expect(bad).rejects.toMatchObject({ problem: 'missing', file: content });
    await expect(one.paint(job())).resolves.toMatchObject({ height: 64 });
  });

  it('brings over what was found of the pictures, and goes on with the same worker after a refusal', async () => {
    const one = pool();
    // So low a threshold that a harmless picture counts.
    const safety = { porn: 'sensitive', hentai: 'off', sexy: 'off', threshold: 1e-12 } as const;
    await expect(one.paint(job({ safety }))).resolves.toMatchObject({ sensitive: true });
    const refused = one.paint(job({ safety: { ...safety, porn: 'refuse' } }));
    await expect(refused).rejects.toThrow(PictureError);
    await expect(refused).rejects.toMatchObject({ problem: 'unsafe' });
    await expect(one.paint(job())).resolves.toMatchObject({ sensitive: false });
  });

  it('has its worker ask for large pages, beside what the operator tells the C library', async () => {
    vi.stubEnv('GLIBC_TUNABLES', 'glibc.malloc.arena_max=2');
    onTestFinished(() => void vi.unstubAllEnvs());
    const one = pool();
    const content = join(temporaryFolder(), 'none.jpg');
    const refused = expect(one.paint(job({ content }))).rejects.toThrow(PictureError);
    const [pid = NaN] = await vi.waitUntil(() => one.painting.length > 0 && one.painting);
    // While the C library reads the list, it takes it apart in place.
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split(/[\0:]/);
    expect(environment).toContain('GLIBC_TUNABLES=glibc.malloc.hugetlb=1');
    expect(environment).toContain('glibc.malloc.arena_max=2');
    await refused;
  });

  it('tells its worker no secret of the environment', async () => {
    const names = [
      ...['MASTODON_ACCESS_TOKEN', 'X_APP_SECRET', 'X_CLIENT_SECRET', 'HTTPS_PROXY'],
      ...['DATABASE_URL', 'PGPASSWORD', 'POSTGRES_PASSWORD'],
    ];
    for (const name of names) vi.stubEnv(name, 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const one = pool();
    const content = join(temporaryFolder(), 'none.jpg');
    const refused = expect(one.paint(job({ content }))).rejects.toThrow(PictureError);
    const [pid = NaN] = await vi.waitUntil(() => one.painting.length > 0 && one.painting);
    expect(names.map((name) => variableOf(pid, name))).toEqual(names.map(() => undefined));
    expect(variableOf(pid, 'PATH')).toBe(process.env.PATH);
    await refused;
  });

  it('shows each worker a GPU of its own', async () => {
    const one = pool({ workers: 2, gpus: ['GPU-one', 'GPU-other'] });
    const seen = new Map<number, string | undefined>();
    const onProgress = () => {
      for (const pid of one.painting) seen.set(pid, variableOf(pid, 'CUDA_VISIBLE_DEVICES'));
    };
    await Promise.all([one.paint(job(), { onProgress }), one.paint(job(), { onProgress })]);
    expect([...seen.values()].toSorted()).toEqual(['GPU-one', 'GPU-other']);
  });

  it.skipIf(hasNvidiaGpu())('says why a device is not used, and paints on the CPU', async () => {
    const { log, lines } = recorded();
    const one = pool({ studio: { ...anyStudio, device: 'cuda' }, log });
    await expect(one.paint(job())).resolves.toMatchObject({ device: 'cpu' });
    expect(lines.filter((line) => line.includes('the device cuda cannot be used'))).toHaveLength(1);
  });

  it('computes on the CPU after a worker was lost while it opened its device', async () => {
    const { log, lines } = recorded();
    const one = pool({ studio: { ...anyStudio, device: 'cuda' }, log });
    const lost = one.paint(job());
    one.painting.forEach((pid) => process.kill(pid, 'SIGKILL'));
    await expect(lost).rejects.toThrow(WorkerLost);
    await expect(lost).rejects.toThrow('no memory is left');
    await expect(one.paint(job())).resolves.toMatchObject({ device: 'cpu' });
    expect(lines.some((line) => line.includes('lost while it opened its device'))).toBe(true);
    expect(lines.some((line) => line.includes('the device cuda'))).toBe(false);
  });

  it('gives a job up when its worker is killed, and starts another for the next', async () => {
    const one = pool();
    const killed = one.paint(job(), {
      onProgress: () => one.painting.forEach((pid) => process.kill(pid, 'SIGKILL')),
    });
    await expect(killed).rejects.toThrow(WorkerLost);
    await expect(one.paint(job())).resolves.toMatchObject({ height: 64 });
  });

  it('replaces a worker that falls silent', async () => {
    const one = pool({ silenceMs: 5000 });
    const silent = one.paint(job({ size: 512 }), {
      onProgress: () => one.painting.forEach((pid) => process.kill(pid, 'SIGSTOP')),
    });
    await expect(silent).rejects.toThrow('silent');
    await expect(one.paint(job())).resolves.toMatchObject({ height: 64 });
  });

  it('does not take a worker for silent whose words wait while the bot itself stands still', async () => {
    const silenceMs = 5000;
    const one = pool({ silenceMs });
    let stoodStill = 0;
    const onProgress = () => {
      // As on a machine that has no time for the bot.
      if (stoodStill++ === 0)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, silenceMs + 1000);
    };
    await expect(one.paint(job({ size: 256 }), { onProgress })).resolves.toMatchObject({
      height: 256,
    });
    expect(stoodStill).toBeGreaterThan(1);
  });

  it('ends a picture that takes too long', async () => {
    await expect(pool({ jobMs: 2500 }).paint(job({ size: 1024 }))).rejects.toThrow('not done');
  });

  it('ends a picture that nobody wants any more, with the reason given', async () => {
    const one = pool();
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = one.paint(job({ size: 512 }), {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(work).rejects.toBe(reason);
    expect(one.painting).toEqual([]);
  });

  it('paints no more pictures at a time than it is large', async () => {
    const one = pool();
    expect(one.size).toBe(1);
    let most = 0;
    const onProgress = () => (most = Math.max(most, one.painting.length));
    await Promise.all([one.paint(job(), { onProgress }), one.paint(job(), { onProgress })]);
    expect(most).toBe(1);
  });
});

it('a render worker says that it lives before it has loaded what it paints with', async () => {
  // As on a machine so busy that loading takes for ever.
  const hook = `export const load = (url, context, next) =>
    url.includes('/style/stylize') ? new Promise(() => undefined) : next(url, context)`;
  const setUp = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hook))})`;
  const file = join(projectRoot, 'src/render/worker.ts');
  const worker = fork(file, [JSON.stringify(anyStudio)], {
    execArgv: ['--import', 'tsx', '--import', asUrl(setUp)],
    serialization: 'advanced',
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const [message] = (await once(worker, 'message')) as unknown[];
  expect(message).toMatchObject({ type: 'heartbeat' });
});

function asUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

it('a render worker ends when the bot has died while it was still loading', async () => {
  const file = join(projectRoot, 'src/render/worker.ts');
  const worker = fork(file, [JSON.stringify(anyStudio)], { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void worker.kill('SIGKILL'));
  worker.disconnect();
  await once(worker, 'exit');
  expect(worker.exitCode).toBe(0);
});
