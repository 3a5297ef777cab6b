import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download } from '../../src/platforms/download.js';
import { PictureTooLarge, PlatformError } from '../../src/platforms/port.js';
import { temporaryFolder } from '../support/folder.js';

const MAX = 10_000;
const never = new AbortController().signal;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real server on a free port; gives its address without the final slash. */
async function serving(handler: Handler): Promise<string> {
  const server = createServer(handler);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listening(server);
}

/** A server that writes exactly these bytes, whatever HTTP thinks of them. */
async function raw(answer: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  onTestFinished(() => void server.close());
  return listening(server);
}

function target() {
  const folder = temporaryFolder();
  return { file: join(folder, 'picture'), left: () => readdirSync(folder) };
}

async function failure(url: string, maxBytes = MAX): Promise<PlatformError> {
  const { file, left } = target();
  const error: unknown = await download(url, file, maxBytes, never).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(left()).toEqual([]); // whatever happened, nothing is left on the disk
  if (!(error instanceof PlatformError))
    throw new Error('a PlatformError was due', { cause: error });
  return error;
}

describe('a download', () => {
  it.each([0, 1, MAX])('saves a picture of %i bytes of the 10000 that are taken', async (size) => {
    const bytes = Buffer.alloc(size, 'picture');
    const url = await serving((_, response) => response.end(bytes));
    const { file } = target();
    await download(`${url}/a.jpg`, file, MAX, never);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('replaces what an earlier attempt left', async () => {
    const url = await serving((_, response) => response.end('new'));
    const { file } = target();
    writeFileSync(file, 'old and longer');
    await download(url, file, MAX, never);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });
});

describe('a picture of too many bytes is refused', () => {
  const chunk = Buffer.alloc(MAX / 4);

  it.each<[string, Handler]>([
    ['with a true Content-Length', (_, response) => response.end(Buffer.alloc(MAX + 1))],
    [
      'without a Content-Length, in chunks that never end',
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(chunk));
          response.once('drain', more);
        };
        more();
      },
    ],
    [
      'whose Content-Length is that of a small compressed body',
      (_, response) => {
        const bomb = gzipSync(Buffer.alloc(100 * MAX));
        expect(bomb.length).toBeLessThan(MAX);
        response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': bomb.length });
        response.end(bomb);
      },
    ],
  ])('%s', async (_, handler) => {
    expect(await failure(await serving(handler))).toBeInstanceOf(PictureTooLarge);
  });

  it('is not taken in beyond a Content-Length that is too small', async () => {
    const url = await raw(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${'x'.repeat(5 * MAX)}`);
    const { file } = target();
    const failed = await download(url, file, MAX, never).then(
      () => false,
      () => true,
    );
    // Either is right, depending on what of it arrives together: five bytes, or nothing.
    expect(existsSync(file) ? readFileSync(file, 'utf8') : failed).toBe(failed || 'xxxxx');
  });
});

it('a picture that is cut short is unreachable', async () => {
  const url = await raw('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this');
  expect((await failure(url)).kind).toBe('unreachable');
});

describe('redirects', () => {
  /** /3 leads to /2 leads to /1 leads to /0, which is the picture. */
  const chain = () =>
    serving(({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left === 0) response.end('picture');
      else response.writeHead(302, { Location: `/${left - 1}` }).end('moved');
    });

  it.each([1, 2, 3])('are followed %i times', async (count) => {
    const { file } = target();
    await download(`${await chain()}/${count}`, file, MAX, never);
    expect(readFileSync(file, 'utf8')).toBe('picture');
  });

  it('are not followed a fourth time', async () => {
    expect((await failure(`${await chain()}/4`)).kind).toBe('refused');
  });

  it('to another server are followed', async () => {
    const other = await chain();
    const url = await serving((_, response) =>
      response.writeHead(307, { Location: `${other}/0` }).end(),
    );
    const { file } = target();
    await download(url, file, MAX, never);
    expect(readFileSync(file, 'utf8')).toBe('picture');
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/a.jpg', 'data:image/png;base64,AA=='])(
    'to %s are refused',
    async (location) => {
      const url = await serving((_, response) =>
        response.writeHead(302, { Location: location }).end(),
      );
      const { kind, message } = await failure(url);
      expect(kind).toBe('refused');
      expect(message).toContain(new URL(location).protocol);
      expect((await failure(location)).kind).toBe('refused'); // as at the beginning
    },
  );
});

describe('an answer of', () => {
  it.each([
    [400, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [408, 'unreachable'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
    [304, 'refused'],
  ])('%i is %s', async (status, kind) => {
    const url = await serving((_, response) => response.writeHead(status).end());
    const error = await failure(url);
    expect(error).toMatchObject({ kind, message: `a picture's server answers ${status}` });
    expect(error).not.toBeInstanceOf(PictureTooLarge);
  });
});

it('a page in place of a picture is unreachable, for it comes from a server in trouble', async () => {
  const url = await serving((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<h1>Soon</h1>'),
  );
  expect((await failure(url)).kind).toBe('unreachable');
});

it('a server that is not there is unreachable', async () => {
  const server = createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const error = await failure(url);
  expect(error.kind).toBe('unreachable');
  expect(error.cause).toBeInstanceOf(Error);
});

describe('an abort', () => {
  const reason = new Error('we are closing');

  /** Downloads and aborts when the server, which is given the function for it, says so. */
  async function aborted(handler: (stop: () => void) => Handler): Promise<void> {
    const stop = new AbortController();
    const url = await serving(handler(() => stop.abort(reason)));
    const { file, left } = target();
    await expect(download(url, file, MAX, stop.signal)).rejects.toBe(reason);
    expect(left()).toEqual([]);
  }

  it('before it begins', async () => {
    const { file, left } = target();
    const started = download('http://127.0.0.1:9/', file, MAX, AbortSignal.abort(reason));
    await expect(started).rejects.toBe(reason);
    expect(left()).toEqual([]);
  });

  it('before the server answers', () => aborted((stop) => () => stop()));

  it('after the headers', () =>
    aborted((stop) => (_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).flushHeaders();
      setImmediate(stop);
    }));

  it('in the middle', () =>
    aborted((stop) => (_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('half', () => setImmediate(stop));
    }));
});
