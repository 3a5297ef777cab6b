import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/log.js';
import { mastodonPlatform } from '../../../src/platforms/mastodon/platform.js';
import { mentionOf } from '../../support/fixtures.js';
import { httpServer } from '../../support/http-server.js';

describe('what servers answer becomes a failure of the right kind', () => {
  const json = { 'Content-Type': 'application/json' };
  it.each<[string, number, Record<string, string>, string, object]>([
    ['a revoked token', 401, json, '{"error":"revoked"}', { kind: 'fatal' }],
    ['a refusal', 403, json, '{"error":"no"}', { kind: 'refused' }],
    [
      'a rate limit with its end',
      429,
      { ...json, 'X-RateLimit-Reset': '2031-05-06T07:08:09.000Z' },
      '{"error":"slow down"}',
      { kind: 'later', retryAt: new Date('2031-05-06T07:08:09Z') },
    ],
    ['an error of the server', 500, json, '{"error":"oh"}', { kind: 'unreachable' }],
    ['a proxy that has waited too long', 408, json, '{"error":"timeout"}', { kind: 'unreachable' }],
    [
      'a proxy’s page',
      502,
      { 'Content-Type': 'text/html' },
      '<h1>Bad</h1>',
      { kind: 'unreachable' },
    ],
    [
      'a page in place of an answer',
      200,
      { 'Content-Type': 'text/html' },
      '<h1>Hi</h1>',
      { kind: 'unreachable' },
    ],
    ['an answer of another kind', 200, json, '{"hello":"world"}', { kind: 'unreachable' }],
    ['a refusal without a reason', 403, json, '{}', { kind: 'refused' }],
    ['a refusal with nonsense for a reason', 403, json, '{"error":[5]}', { kind: 'refused' }],
    [
      'an answer that is packed although nobody asked',
      200,
      { ...json, 'Content-Encoding': 'gzip' },
      gzipSync('{"id":"1"}').toString('latin1'),
      { kind: 'unreachable' },
    ],
    ['an answer that is too long', 200, json, `"${'x'.repeat(9e6)}"`, { kind: 'unreachable' }],
  ])('%s', async (_, status, headers, body, failure) => {
    const url = await httpServer((_request, response) =>
      response.writeHead(status, headers).end(body, 'latin1'),
    );
    const secret = 'a-secret-token';
    const platform = mastodonPlatform({
      name: 'here',
      url,
      accessToken: secret,
      cursor: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() },
      log: createLog('silent'),
    });
    // A refusal while signing in is the end of everything.
    const asking =
      'kind' in failure && failure.kind === 'refused'
        ? platform.acknowledge(mentionOf('ada'))
        : platform.signIn();
    const error: unknown = await asking.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(failure);
    expect(String(error)).not.toContain(secret);
  });
});
