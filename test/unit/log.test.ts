import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLog, hideFromLogs, type Log } from '../../src/log.js';
import { projectRoot } from '../../src/paths.js';
import { PlatformError } from '../../src/platforms/port.js';

const SECRET = 'zOdn3x-this-is-secret';

/** The lines that a log writes. */
function linesOf(write: (log: Log) => void, level = 'info'): readonly string[] {
  const lines: string[] = [];
  write(createLog(level, { write: (line) => void lines.push(line) }));
  return lines;
}

function entryOf(write: (log: Log) => void): unknown {
  const [line, ...more] = linesOf(write);
  expect(more).toEqual([]);
  return JSON.parse(line ?? '');
}

it('an event is one line of JSON with what happened', () => {
  expect(entryOf((log) => log.info({ mention: '1' }, 'a mention'))).toMatchObject({
    name: 'pentimento',
    level: 30,
    mention: '1',
    msg: 'a mention',
  });
});

it('what is below the level is not written', () => {
  const speak = (log: Log) => {
    log.debug('a');
    log.warn('b');
  };
  expect(linesOf(speak, 'warn')).toHaveLength(1);
  expect(linesOf(speak, 'silent')).toHaveLength(0);
});

describe('a secret is blotted out', () => {
  const names = [
    'token',
    'accessToken',
    'access_token',
    'authorization',
    'Authorization',
    'cookie',
  ];

  it.each(names)('if it is called %s, at every depth down to the fourth', (name) => {
    const secret = { [name]: SECRET, harmless: 'shown' };
    for (const logged of [
      secret,
      { a: secret },
      { a: { b: secret } },
      { a: { b: { c: secret } } },
    ]) {
      const [line = ''] = linesOf((log) => log.info(logged, 'hello'));
      expect(line).not.toContain(SECRET);
      expect(line).toContain(`"${name}":"[secret]"`);
      expect(line).toContain('shown');
    }
  });

  it('in lists and in the fields of a child, too', () => {
    const lines = linesOf((log) => {
      log.info({ accounts: [{ accessToken: SECRET }] });
      log.child({ account: { accessToken: SECRET } }).info('hello');
    });
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toContain(SECRET);
      expect(line).toContain('[secret]');
    }
  });
});

describe('an error', () => {
  it('is described with its kind, where it was, and its causes', () => {
    const root = new TypeError('the cable');
    const middle = new Error('fetch failed', { cause: root });
    const error = new PlatformError('unreachable', 'replying', undefined, { cause: middle });
    const entry = entryOf((log) => log.warn({ error }, 'no'));
    expect(entry).toMatchObject({
      error: {
        name: 'PlatformError',
        kind: 'unreachable',
        message: 'replying',
        cause: { message: 'fetch failed', cause: { name: 'TypeError', message: 'the cable' } },
      },
    });
    // Where one noticed that a server is away says nothing; where a fault of our own was does.
    expect(entry).not.toHaveProperty('error.stack');
    const own = entryOf((log) => log.warn({ error: new TypeError('no') }, 'no'));
    expect(own).toHaveProperty('error.stack', expect.stringContaining('log.test.ts'));
  });

  it('is described without the requests and responses that libraries hang on it', () => {
    const hung = { headers: { 'x-private': SECRET }, config: { body: SECRET } };
    const cause = Object.assign(new Error('inner'), { request: hung, response: hung });
    const error = Object.assign(new Error('outer', { cause }), { request: hung, response: hung });
    const [line = ''] = linesOf((log) => log.error({ error }));
    expect(line).not.toContain(SECRET);
    expect(line).toContain('inner');
  });

  it('that has a response for its cause, as masto’s have, is described without it', () => {
    const response = { status: 422, headers: { 'x-private': SECRET } };
    const error = new Error('422', { cause: response });
    const [line = ''] = linesOf((log) => log.error({ error }));
    expect(line).not.toContain(SECRET);
    expect(line).toContain('"message":"422"');
  });

  it('in which a server repeats a secret does not tell it: after its name, or if it is known to be one', () => {
    hideFromLogs('a-token-of-ours');
    const said = `bearer ${SECRET}, ?code=${SECRET}&x, client_secret=${SECRET}; a-token-of-ours!`;
    const cause = new Error(said);
    const [line = ''] = linesOf((log) => log.error({ error: new Error(said, { cause }) }));
    expect(line).not.toContain(SECRET);
    expect(line).not.toContain('a-token-of-ours');
    expect(line).toContain('bearer [secret] ?code=[secret]&x, client_secret=[secret] [secret]!');
  });

  it('that quotes a whole answer is cut short, and still says where it was', () => {
    const [line = ''] = linesOf((log) =>
      log.warn({ error: new Error(`Malformed: ${'$& private '.repeat(10_000)}`) }),
    );
    expect(line.length).toBeLessThan(5000);
    expect(line).toContain('Malformed: $& private');
    expect(line).toContain('log.test.ts');
  });

  it.each([undefined, 5, { toString: 1 }])(
    'whose message is %j is described all the same',
    (message) => {
      const error = Object.assign(new Error('gone'), { message });
      expect(entryOf((log) => log.error({ error }, 'oh'))).toMatchObject({
        error: { name: 'Error', message: 'without a message' },
      });
    },
  );

  it('that is its own cause is described all the same', () => {
    const error = new Error('chicken');
    error.cause = new Error('egg', { cause: error });
    expect(linesOf((log) => log.error({ error }))[0]).toContain('egg');
  });

  it('that is only a text is that text', () => {
    expect(entryOf((log) => log.error({ error: 'plain' }))).toMatchObject({ error: 'plain' });
  });
});

const logFile = pathToFileURL(join(projectRoot, 'src', 'log.ts')).href;
const code = `const { createLog } = await import('${logFile}'); createLog('info').info({ token: '${SECRET}' }, 'hello');`;

it('standard output stays free: events go to standard error', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', code],
    { cwd: projectRoot },
  );
  expect(stdout).toBe('');
  expect(stderr).toContain('"msg":"hello"');
});

// util-linux's script(1) lends a terminal; that of BSD and macOS is called in another way.
it.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/script'))(
  'on a terminal an event is a line to read, and a secret in it is blotted out all the same',
  async () => {
    const command = `"${process.execPath}" --import tsx --input-type=module --eval "$CODE"`;
    const { stdout } = await promisify(execFile)(
      'script',
      ['--quiet', '--return', '--command', command, '/dev/null'],
      { cwd: projectRoot, env: { ...process.env, CODE: code, NO_COLOR: '1', SHELL: '/bin/sh' } },
    );
    expect(stdout).toMatch(/^\[[\d:.]+\] INFO: hello\r\n +token: "\[secret\]"\r\n$/);
  },
);
