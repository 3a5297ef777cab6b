import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type LookupFunction, type Server } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download, type DownloadOptions } from '../../../src/platforms/download.js';
import { PictureTooLarge, PlatformError } from '../../../src/platforms/port.js';
import { temporaryFolder } from '../../support/folder.js';

const MAX = 10_000;
const never = new AbortController().signal;

/** The tests' servers are on this machine, so downloads from them must trust them, as the operator's own server. */
function trusting(url: string): DownloadOptions {
  return { trustedOrigin: new URL(url).origin };
}

const save = (url: string, file: string, options = trusting(url)) =>
  download(url, file, MAX, never, options);

/** Answers each question for a name's addresses with the next of these, and keeps the names. */
function names(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const lookup: LookupFunction = (name, _, callback) => {
    const addresses = answers[asked.push(name) - 1];
    if (addresses === undefined) return callback(new Error('asked too often'), []);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked };
}

/** Public, so that it is tried, but nobody's: it can only fail, at once or by silence. */
const NOBODY = '2000::1';

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

async function failure(url: string, options = trusting(url)): Promise<PlatformError> {
  const { file, left } = target();
  const error: unknown = await save(url, file, options).then(
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
    await save(`${url}/a.jpg`, file);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('replaces what an earlier attempt left', async () => {
    const url = await serving((_, response) => response.end('new'));
    const { file } = target();
    writeFileSync(file, 'old and longer');
    await save(url, file);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });
});

describe('a picture of too many bytes is refused', () => {
  const chunk = Buffer.alloc(MAX / 4);
  /** Sends a hundred chunks, each in a packet of its own and within the limit. */
  const drip: Handler = (_, response) => {
    let left = 100;
    const more = (): void => {
      if (left-- > 0 && !response.destroyed) response.write(chunk, () => setTimeout(more, 2));
      else response.end();
    };
    more();
  };

  it.each<[string, Handler]>([
    ['with a true Content-Length', (_, response) => response.end(Buffer.alloc(MAX + 1))],
    ['without a Content-Length, in chunks that are each small enough', drip],
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
  ])('%s', async (_, handler) => {
    expect(await failure(await serving(handler))).toBeInstanceOf(PictureTooLarge);
  });

  it('is not taken in beyond a Content-Length that is too small', async () => {
    const url = await raw(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${'x'.repeat(5 * MAX)}`);
    const { file } = target();
    const failed = await save(url, file).then(
      () => false,
      () => true,
    );
    // Either is right, depending on what of it arrives together: five bytes, or nothing.
    expect(existsSync(file) ? readFileSync(file, 'utf8') : failed).toBe(failed || 'xxxxx');
  });
});

describe('a compressed answer', () => {
  it('is not asked for', async () => {
    const url = await serving(({ headers }, response) => response.end(headers['accept-encoding']));
    const { file } = target();
    await save(url, file);
    expect(readFileSync(file, 'utf8')).toBe('identity');
  });

  it.each(['gzip', 'br', 'identity, gzip'])('is refused, as %s', async (encoding) => {
    const bomb = gzipSync(Buffer.alloc(100 * MAX));
    expect(bomb.length).toBeLessThan(MAX);
    const url = await serving((_, response) =>
      response.writeHead(200, { 'Content-Encoding': encoding }).end(bomb),
    );
    expect((await failure(url)).kind).toBe('refused');
  });

  it('that is not compressed, and says so, is taken', async () => {
    const url = await serving((_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'Identity' }).end('picture'),
    );
    const { file } = target();
    await save(url, file);
    expect(readFileSync(file, 'utf8')).toBe('picture');
  });
});

it('headers without end are unreachable', async () => {
  const url = await raw(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\npicture`);
  const error = await failure(url);
  expect(error).toMatchObject({ kind: 'unreachable', cause: { code: 'UND_ERR_HEADERS_OVERFLOW' } });
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
    await save(`${await chain()}/${count}`, file);
    expect(readFileSync(file, 'utf8')).toBe('picture');
  });

  it('are not followed a fourth time', async () => {
    expect((await failure(`${await chain()}/4`)).kind).toBe('refused');
  });

  it('to another server are followed', async () => {
    const { lookup, asked } = names([NOBODY]);
    const url = await serving((_, response) =>
      response.writeHead(307, { Location: 'http://elsewhere.test/a.jpg' }).end(),
    );
    const error = await failure(url, { ...trusting(url), lookup, idleMs: 100 });
    expect(error.kind).toBe('unreachable'); // and not refused
    expect(asked).toEqual(['elsewhere.test']);
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
      expect((await failure(location, {})).kind).toBe('refused'); // as at the beginning
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

describe('a URL is refused for good', () => {
  const secret = 'swordfish';

  const revealed = (error: unknown) => inspect(error, { depth: Infinity, showHidden: true });

  /** What becomes of a picture that is at this reference, in which HOST stands for a server that has it. */
  async function failures(reference: string): Promise<PlatformError[]> {
    const url = await serving((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: location });
      response.end('picture');
    });
    const location = reference.replace('HOST', new URL(url).host);
    return [await failure(location, trusting(url)), await failure(`${url}/moved`)];
  }

  it.each([
    ['that cannot be read', `http://[/a.jpg?key=${secret}`],
    ['with a name and a password', `http://ada:${secret}@HOST/`],
    ['with a name alone', `http://${secret}@HOST/`],
    ['with a password alone', `http://:${secret}@HOST/`],
  ])('%s, at the beginning and as a redirect', async (_, reference) => {
    for (const error of await failures(reference)) {
      expect(error.kind).toBe('refused');
      expect(revealed(error)).not.toContain(secret);
    }
  });

  it('that is relative, at the beginning', async () => {
    const error = await failure(`/a.jpg?key=${secret}`, {});
    expect(error.kind).toBe('refused');
    expect(revealed(error)).not.toContain(secret);
  });

  it('and one that fails otherwise does not get its query into the error', async () => {
    const url = await serving((request) => request.destroy());
    const error = await failure(`${url}/a.jpg?key=${secret}`);
    expect(error.kind).toBe('unreachable');
    expect(revealed(error)).not.toContain(secret);
  });
});

describe('an address that is not public', () => {
  /** A server that nobody may come to. */
  async function forbidden() {
    let connections = 0;
    const server = createServer((_, response) => response.end('secret'));
    server.on('connection', () => connections++);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = new URL(await listening(server));
    return { port, connections: () => connections };
  }

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0x7F000001',
    '0177.0.0.01',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '0.0.0.0',
    '0',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    'LocalHost',
  ])('is refused before anything connects, as %s', async (host) => {
    const { port, connections } = await forbidden();
    const location = `http://${host}:${port}/`;
    expect((await failure(location, {})).kind).toBe('refused');
    const url = await serving((_, response) =>
      response.writeHead(302, { Location: location }).end(),
    );
    expect((await failure(url)).kind).toBe('refused'); // the trusted server does not vouch for others
    expect(connections()).toBe(0);
  });

  it.each(['10.0.0.1', '100.64.0.1', '169.254.169.254', '[fd00::1]', '[fe80::1]', '[ff02::1]'])(
    'is refused elsewhere, too, and over https: %s',
    async (host) => {
      expect((await failure(`http://${host}/`, {})).kind).toBe('refused');
      expect((await failure(`https://${host}/`, {})).kind).toBe('refused');
    },
  );

  it('is refused as the answer for a name', async () => {
    const { port, connections } = await forbidden();
    const { lookup } = names(['127.0.0.1'], ['::1', '10.0.0.1'], ['::ffff:127.0.0.1']);
    for (let i = 0; i < 3; i++)
      expect((await failure(`http://pictures.test:${port}/`, { lookup })).kind).toBe('refused');
    expect(connections()).toBe(0);
  });

  it('is left out among the answers for a name', async () => {
    const { port, connections } = await forbidden();
    const { lookup } = names(['127.0.0.1', NOBODY]);
    const error = await failure(`http://pictures.test:${port}/`, { lookup, idleMs: 100 });
    expect(error.kind).toBe('unreachable');
    expect(connections()).toBe(0);
  });

  it('does not slip in behind a check: a name is looked up once for each connection', async () => {
    const { port, connections } = await forbidden();
    const { lookup, asked } = names([NOBODY], ['127.0.0.1']);
    const error = await failure(`http://rebinding.test:${port}/`, { lookup, idleMs: 100 });
    expect(error.kind).toBe('unreachable');
    expect(asked).toEqual(['rebinding.test']);
    expect(connections()).toBe(0);
  });

  it.each([
    ['another port', (url: URL) => void (url.port = '1')],
    ['another scheme', (url: URL) => void (url.protocol = 'https:')],
    ['another name', (url: URL) => void (url.hostname = 'localhost')],
  ])('is refused if the trusted server has %s', async (_, change) => {
    const { port, connections } = await forbidden();
    const trusted = new URL(`http://127.0.0.1:${port}`);
    change(trusted);
    const error = await failure(`http://127.0.0.1:${port}/`, trusting(trusted.href));
    expect(error.kind).toBe('refused');
    expect(connections()).toBe(0);
  });

  it("is taken if it is the trusted server's, by name as well", async () => {
    const { port } = new URL(await serving((_, response) => response.end('picture')));
    const { lookup } = names(['127.0.0.1']);
    const { file } = target();
    const url = `http://home.test:${port}`;
    await save(`${url}/a.jpg`, file, { ...trusting(url), lookup });
    expect(readFileSync(file, 'utf8')).toBe('picture');
  });
});

describe('a silence', () => {
  const idle = async (url: string, options: DownloadOptions = {}) =>
    failure(url, { ...trusting(url), idleMs: 50, ...options });

  it('instead of an answer is unreachable', async () => {
    const error = await idle(await serving(() => undefined));
    expect(error).toMatchObject({
      kind: 'unreachable',
      cause: { code: 'UND_ERR_HEADERS_TIMEOUT' },
    });
  });

  it('in the middle of a picture is unreachable', async () => {
    const url = await serving((_, response) =>
      response.writeHead(200, { 'Content-Length': 100 }).write('half'),
    );
    const error = await idle(url);
    expect(error).toMatchObject({ kind: 'unreachable', cause: { code: 'UND_ERR_BODY_TIMEOUT' } });
  });

  it('of those who know the name is unreachable', async () => {
    const error = await idle('http://pictures.test/', { lookup: () => undefined });
    expect(error).toMatchObject({
      kind: 'unreachable',
      cause: { code: 'UND_ERR_CONNECT_TIMEOUT' },
    });
  });
});

describe('all in all a download takes no longer than it may', () => {
  const late = { kind: 'unreachable', message: 'no picture within 0.1 seconds' };
  const totalMs = 100;

  it('when the server trickles', async () => {
    const url = await serving((_, response) => {
      const drip = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(drip));
    });
    expect(await failure(url, { ...trusting(url), totalMs })).toMatchObject(late);
  });

  it('when the server says nothing', async () => {
    const url = await serving(() => undefined);
    expect(await failure(url, { ...trusting(url), totalMs })).toMatchObject(late);
  });

  it('when nobody answers for the name', async () => {
    const options = { lookup: () => undefined, totalMs };
    expect(await failure('http://pictures.test/', options)).toMatchObject(late);
  });
});

describe('an abort', () => {
  const reason = new Error('we are closing');

  /** Downloads and aborts when the server, which is given the function for it, says so. */
  async function aborted(handler: (stop: () => void) => Handler): Promise<void> {
    const stop = new AbortController();
    const url = await serving(handler(() => stop.abort(reason)));
    const { file, left } = target();
    await expect(download(url, file, MAX, stop.signal, trusting(url))).rejects.toBe(reason);
    expect(left()).toEqual([]);
  }

  it('before it begins', async () => {
    const { file, left } = target();
    const started = download('http://127.0.0.1:9/', file, MAX, AbortSignal.abort(reason));
    await expect(started).rejects.toBe(reason);
    expect(left()).toEqual([]);
  });

  it('while the name is looked up', async () => {
    const stop = new AbortController();
    const lookup = () => stop.abort(reason);
    const { file, left } = target();
    const started = download('http://pictures.test/', file, MAX, stop.signal, { lookup });
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
