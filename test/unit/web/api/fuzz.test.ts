import fc from '../../../support/property.js';
import { expect, it } from 'vitest';
import { runCounter } from '../../../support/web/counter.js';

const ids = fc.oneof(
  fc.constant('AAAAAAAAAAAAAAAAAAAAAA'),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('..', '%2e%2e%2f', '%00', '0', '-1', "' OR 1=1 --", '%ff', '999999999999999'),
);
const paths = fc
  .tuple(
    fc.constantFrom(
      '/api/v1/renders',
      '/api/v1/renders/ID',
      '/api/v1/renders/ID/events',
      '/api/v1/renders/ID/picture',
      '/api/v1/renders/ID/sketch',
      '/api/v1/renders/ID/cancel',
      '/api/v1/styles',
      '/api/v1/styles/ID/picture',
      '/api/v1/parameters',
      '/api/v1/limits',
      '/api/v1/openapi.json',
      '/',
      '/dream',
      '/paintings/ID',
      '/paintings/ID/again',
      '/paintings/ID/photo',
      '/paintings/ID/cancel',
      '/paintings/ID/delete',
      '/gallery',
      '/gallery/ID',
      '/gallery?before=ID',
      '/samples/ID',
      '/styles/ID/thumbnail',
      '/status',
      '/help',
    ),
    ids,
  )
  .map(([path, id]) => path.replace('ID', /^[\w.%-]*$/.test(id) ? id : encodeURIComponent(id)));
const headers = fc.record(
  {
    'Content-Type': fc.constantFrom(
      'application/json',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'application/x-www-form-urlencoded',
      'text/plain',
      'x',
    ),
    Cookie: fc.constantFrom('pentimento=x', 'pentimento', '=', `pentimento=${'A'.repeat(43)}`),
    Accept: fc.constantFrom('*/*', 'application/json', 'x'),
    Range: fc.constantFrom('bytes=0-1', 'bytes=9-'),
  },
  { requiredKeys: [] },
);
const value = fc.oneof(fc.string({ maxLength: 30 }), fc.integer().map(String));
const field = fc.constantFrom(
  'photo',
  'style',
  'strength',
  'size',
  'effect',
  'seed',
  'blend',
  'csrf',
  'again',
  'sample',
);
const parts = fc
  .array(fc.tuple(field, value, fc.boolean()), { maxLength: 6 })
  .map((all) =>
    [
      ...all.map(
        ([name, text, isFile]) =>
          `--x\r\nContent-Disposition: form-data; name="${name}"${isFile ? '; filename="f"' : ''}\r\n\r\n${text}\r\n`,
      ),
      '--x--\r\n',
    ].join(''),
  );
const bodies = fc.oneof(
  fc.json({ maxDepth: 3 }),
  parts,
  fc.tuple(parts, fc.nat(80)).map(([text, length]) => text.slice(0, length)),
  fc
    .record({ photo: value, styles: fc.anything(), settings: fc.anything(), effect: value })
    .map((body) => {
      try {
        return JSON.stringify(body);
      } catch {
        return '{}';
      }
    }),
  fc.string(),
);

/** What is the API's, once `..` has been resolved. */
const isApi = /^\/api\/v1(\/|$)/;

it('whatever is sent to whatever address, nothing fails, and the API says what is wrong as a problem', async () => {
  const counter = await runCounter({ maxBytes: 1000 });
  const key = await counter.key('fuzz');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'GET', 'POST', 'POST', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'),
      paths,
      headers,
      bodies,
      fc.boolean(),
      async (method, path, given, body, hasKey) => {
        const all = { ...given, ...(hasKey && { Authorization: `Bearer ${key}` }) };
        const withBody = method === 'GET' || method === 'HEAD' ? {} : { body };
        const response = await fetch(counter.url + path, {
          method,
          headers: all as Record<string, string>,
          redirect: 'manual',
          ...withBody,
        });
        await response.body?.cancel();
        expect(response.status).toBeLessThan(500);
        if (response.status >= 400 && isApi.test(new URL(response.url).pathname))
          expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      },
    ),
    { numRuns: 600 },
  );
  expect((await counter.ask(key, '/limits')).status).toBe(200);
});
