import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { adopt, pull, PullError, type PullOptions } from '../../../src/networks/pull.js';
import type { Download } from '../../../src/networks/source.js';
import {
  cut,
  fileServer,
  proxyTo,
  type FileServer,
  type Mischief,
} from '../../support/file-server.js';
import { temporaryFolder } from '../../support/folder.js';
import { seeded } from '../../support/random.js';

const random = seeded(1);
/** Larger than what sockets and streams hold back. */
const LENGTH = 300_000;
const content = Buffer.from(Uint8Array.from({ length: LENGTH }, () => 128 + 127 * random()));
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const source: Download = {
  url: 'https://weights.example/releases/1/model.pth',
  bytes: LENGTH,
  digest: `sha256:${hashOf(content)}`,
  format: 'pytorch-legacy',
};

/** Fetches from the server as if it were a mirror. */
async function from(
  server: FileServer,
  folder = temporaryFolder(),
  options: PullOptions = {},
): Promise<string> {
  const file = join(folder, 'models', 'model.pth');
  await pull(source, file, { mirror: server.url, idleMs: 5000, ...options });
  return file;
}

const partIn = (folder: string) => join(folder, 'models', 'model.pth.part');
const startedWith = (folder: string, bytes: Uint8Array, etag?: string) => {
  mkdirSync(join(folder, 'models'));
  writeFileSync(partIn(folder), bytes);
  if (etag !== undefined) writeFileSync(`${partIn(folder)}.etag`, etag);
};
const filesIn = (folder: string) => readdirSync(join(folder, 'models'));

describe('fetching a network', () => {
  it('makes the folder, tells how far it is, and leaves nothing but the file', async () => {
    const folder = temporaryFolder();
    const fractions: number[] = [];
    const server = await fileServer(content);
    const file = await from(server, folder, { onProgress: (fraction) => fractions.push(fraction) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(filesIn(folder)).toEqual(['model.pth']);
    expect(server.requests).toEqual(['/model.pth']);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  it('goes on at once where a connection broke, however often', async () => {
    const server = await fileServer(content);
    server.mischief = cut(server, 70_000, 3);
    const file = await from(server);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.requests).toHaveLength(4);
    expect(server.requests[3]).toMatch(/^\/model\.pth bytes=[1-9]\d+-$/);
  });

  it('goes on where it was interrupted another time', async () => {
    const folder = temporaryFolder();
    const server = await fileServer(content);
    const stop = new AbortController();
    const halfway = (fraction: number) => {
      if (fraction > 0.3) stop.abort(new Error('interrupted'));
    };
    server.mischief = (_, response) => {
      response.writeHead(200, { 'Content-Length': LENGTH, ETag: '"first"' });
      response.write(content.subarray(0, 100_000));
      return true; // and then nothing
    };
    const first = from(server, folder, { signal: stop.signal, onProgress: halfway });
    await expect(first).rejects.toThrow('interrupted');
    expect(existsSync(join(folder, 'models', 'model.pth'))).toBe(false);
    server.mischief = () => false;
    const file = await from(server, folder);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.requests[1]).toMatch(/bytes=[1-9]\d+-$/);
    expect(filesIn(folder)).toEqual(['model.pth']);
  });

  it('begins anew if the file has changed, which the server tells by its version', async () => {
    const folder = temporaryFolder();
    startedWith(folder, Buffer.alloc(1000, 'other'), '"before"');
    const server = await fileServer(content);
    const file = await from(server, folder);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.requests).toEqual(['/model.pth bytes=1000-']);
  });

  it('begins anew if the beginning turns out to be of another file, where no version told', async () => {
    const folder = temporaryFolder();
    startedWith(folder, Buffer.alloc(1000, 'other'));
    const server = await fileServer(content);
    server.etag = undefined;
    const file = await from(server, folder);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(server.requests).toEqual(['/model.pth bytes=1000-', '/model.pth']);
  });

  it('takes the whole file from a server without ranges', async () => {
    const folder = temporaryFolder();
    startedWith(folder, content.subarray(0, 1000), '"first"');
    const server = await fileServer(content);
    server.mischief = (_, response) => {
      response.end(content);
      return true;
    };
    expect(readFileSync(await from(server, folder)).equals(content)).toBe(true);
  });

  it('begins anew if the server has nothing after what is there (416)', async () => {
    const folder = temporaryFolder();
    startedWith(folder, Buffer.alloc(200_000));
    const server = await fileServer(content);
    server.mischief = ({ headers }, response) => {
      if (headers.range === undefined) return false;
      response.writeHead(416).end();
      return true;
    };
    expect(readFileSync(await from(server, folder)).equals(content)).toBe(true);
  });

  it('asks for nothing if all of it is there already but its name', async () => {
    const folder = temporaryFolder();
    startedWith(folder, content);
    const server = await fileServer(content);
    expect(readFileSync(await from(server, folder)).equals(content)).toBe(true);
    expect(server.requests).toEqual([]);
  });

  it('is not misled by more than all of it', async () => {
    const folder = temporaryFolder();
    startedWith(folder, Buffer.concat([content, content]));
    expect(readFileSync(await from(await fileServer(content), folder)).equals(content)).toBe(true);
  });

  it('follows redirects', async () => {
    const server = await fileServer(content);
    server.mischief = ({ url }, response) => {
      if (url !== '/model.pth') return false;
      response.writeHead(302, { Location: '/bucket/there' }).end();
      return true;
    };
    expect(readFileSync(await from(server)).equals(content)).toBe(true);
    expect(server.requests).toEqual(['/model.pth', '/bucket/there']);
  });

  it('goes through the proxy that the environment names, and past it where that says so', async () => {
    const server = await fileServer(content);
    const proxy = await proxyTo(server.url);
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('http_proxy', proxy.url);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('no_proxy', '');
    try {
      // Only the proxy knows who that is.
      await from(server, undefined, { mirror: 'http://mirror.invalid/models' });
      expect(server.requests).toEqual(['/models/model.pth']);
      expect(proxy.hosts).toEqual(['mirror.invalid:80']);
      vi.stubEnv('NO_PROXY', '127.0.0.1');
      vi.stubEnv('no_proxy', '127.0.0.1');
      await from(server);
      expect(proxy.hosts).toHaveLength(1);
      vi.stubEnv('HTTP_PROXY', 'no address');
      vi.stubEnv('http_proxy', 'no address');
      await expect(from(server)).rejects.toThrow('HTTP_PROXY is no address');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

const answering =
  (status: number, headers: Record<string, string | number>, body: string | Buffer): Mischief =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

describe('what is refused, with a sentence and nothing left behind', () => {
  it.each<readonly [string, string, Mischief]>([
    ['a page', 'answers with a page', answering(200, { 'Content-Type': 'text/html' }, '<html>')],
    ['an error', 'answers 404', answering(404, {}, 'none')],
    ['trouble', 'answers 503', answering(503, {}, 'later')],
    ['a short file', 'a file of 3 bytes', answering(200, { 'Content-Length': 3 }, 'abc')],
    [
      'a long one',
      `a file of ${2 * LENGTH} bytes`,
      answering(200, { 'Content-Length': 2 * LENGTH }, ''),
    ],
    ['compressed', 'compressed', answering(200, { 'Content-Encoding': 'gzip' }, content)],
    [
      'a part unasked',
      'another part',
      answering(206, { 'Content-Range': 'bytes 5-9/10' }, '12345'),
    ],
    ['circles', 'redirects too often', answering(302, { Location: '/model.pth' }, '')],
    ['files', 'not followed', answering(302, { Location: 'file:///etc/passwd' }, '')],
    ['riddles', 'not followed', answering(302, { Location: 'http://[' }, '')],
    ['416 to everything', 'answers 416', answering(416, {}, '')],
  ])('%s', async (_, sentence, mischief) => {
    const folder = temporaryFolder();
    const server = await fileServer(content);
    server.mischief = mischief;
    const error: unknown = await from(server, folder).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(PullError);
    expect((error as Error).message).toContain(sentence);
    expect(readFileSync(partIn(folder))).toHaveLength(0);
    expect(existsSync(join(folder, 'models', 'model.pth'))).toBe(false);
  });

  it('a file of another hash', async () => {
    const folder = temporaryFolder();
    const server = await fileServer(Buffer.alloc(LENGTH));
    await expect(from(server, folder)).rejects.toThrow(/its hash is sha256:.+, not sha256:.+/);
    expect(filesIn(folder)).toEqual([]);
  });

  it('more bytes than it said, as they come', async () => {
    const folder = temporaryFolder();
    const server = await fileServer(content);
    let sent = 0;
    server.mischief = (_, response) => {
      const more = () => {
        sent += LENGTH;
        if (!response.destroyed && sent < 200 * LENGTH) response.write(Buffer.alloc(LENGTH), more);
      };
      more();
      return true;
    };
    await expect(from(server, folder)).rejects.toThrow(`more than the ${LENGTH} bytes`);
    expect(readFileSync(partIn(folder)).length).toBeLessThanOrEqual(LENGTH);
    expect(sent).toBeLessThan(100 * LENGTH);
  });
});

describe('a server that is no use', () => {
  it('that falls silent is given up on, and what came is kept', async () => {
    const folder = temporaryFolder();
    const server = await fileServer(content);
    let times = 0;
    server.mischief = (_, response) => {
      if (times++ > 0) return true; // not even a header
      response.writeHead(200, { 'Content-Length': LENGTH });
      response.write(content.subarray(0, 5000));
      return true;
    };
    await expect(from(server, folder, { idleMs: 300 })).rejects.toThrow(
      /gives no more than \d+ of 300000 bytes \(.*Timeout.*\); what is there is kept/,
    );
    expect(readFileSync(partIn(folder)).equals(content.subarray(0, 5000))).toBe(true);
  });

  it('that gives a little each time is asked ten times, not forever', async () => {
    const server = await fileServer(content);
    server.mischief = cut(server, 10);
    await expect(from(server)).rejects.toThrow('gives no more');
    expect(server.requests).toHaveLength(10);
  });

  it('that is not there is named', async () => {
    const server = await fileServer(content);
    const mirror = 'http://127.0.0.1:1';
    await expect(from(server, undefined, { mirror })).rejects.toThrow(
      /^127\.0\.0\.1:1 gives nothing of the file \(.*ECONNREFUSED.*\); try again later$/,
    );
  });
});

describe('a file that somebody has already', () => {
  it('is taken if it is the right one, and stays where it was', async () => {
    const folder = temporaryFolder();
    const [mine, file] = [join(folder, 'mine'), join(folder, 'models', 'model.pth')];
    writeFileSync(mine, content);
    await adopt(source, file, mine);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(readFileSync(mine).equals(content)).toBe(true);
    expect(filesIn(folder)).toEqual(['model.pth']);
  });

  it('is refused otherwise', async () => {
    const folder = temporaryFolder();
    const [mine, file] = [join(folder, 'mine'), join(folder, 'models', 'model.pth')];
    await expect(adopt(source, file, mine)).rejects.toThrow(`there is no file ${mine}`);
    writeFileSync(mine, 'short');
    await expect(adopt(source, file, mine)).rejects.toThrow(
      'has 5 bytes, and the right file 300000',
    );
    writeFileSync(mine, Buffer.alloc(LENGTH));
    await expect(adopt(source, file, mine)).rejects.toThrow('is another file');
    expect(existsSync(join(folder, 'models'))).toBe(false);
  });

  it('is not taken where nothing can be written', async () => {
    const folder = temporaryFolder();
    const mine = join(folder, 'mine');
    writeFileSync(mine, content);
    await expect(adopt(source, join(mine, 'model.pth'), mine)).rejects.toThrow('cannot be written');
  });
});
