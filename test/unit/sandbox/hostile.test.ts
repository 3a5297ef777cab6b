import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { jsonField, runSandbox } from '../../support/sandbox.js';

/** A request with a Host of one's choice, which fetch does not allow. */
async function statusFor(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/api/v1/timelines/public`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('hostile requests', () => {
  it('are not answered under the name of another host', async () => {
    const { url } = await runSandbox();
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example']) {
      expect(await statusFor(url, { Host: host })).toBe(403);
    }
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:9', '[::1]:9', 'me.localhost']) {
      expect(await statusFor(url, { Host: host })).toBe(200);
    }
  });

  it("may not write on behalf of another site's page, nor read what they get", async () => {
    const { url } = await runSandbox();
    const foreign = await fetch(`${url}/api/v1/accounts`, {
      method: 'POST',
      headers: { Origin: 'https://evil.example' },
      body: '{"username":"ada"}',
    });
    expect(foreign.status).toBe(403);
    const own = await fetch(`${url}/api/v1/accounts`, {
      method: 'POST',
      headers: { Origin: url },
      body: '{"username":"ada"}',
    });
    expect(own.status).toBe(200);
    expect([...own.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  const bodies: readonly (readonly [string, number])[] = [
    ['{', 400],
    ['[]', 422],
    ['null', 422],
    ['{"status":""}', 422],
    ['{"status":"\\u0000 \\n"}', 422],
    ['{"status":5}', 422],
    ['{"status":"x","visibility":"secret"}', 422],
    ['{"status":"x","media_ids":"1"}', 422],
    ['{"status":"x","in_reply_to_id":"1"}', 404],
    ['{"status":"x","language":"<b>"}', 422],
    ['{"status":"x","poll":{"options":["a","b"]}}', 422],
    ['{"status":"x","scheduled_at":"2030-01-01"}', 422],
    [JSON.stringify({ status: 'x'.repeat(501) }), 422],
    [JSON.stringify({ status: 'x'.repeat(20_000) }), 422],
    [JSON.stringify({ status: 'x'.repeat(250), spoiler_text: 'y'.repeat(251) }), 422],
    [JSON.stringify({ status: 'x'.repeat(300_000) }), 413],
  ];
  it.each(bodies.map(([body, code]) => ({ start: body.slice(0, 60), body, code })))(
    'with the status $start are refused with $code and a sentence',
    async ({ body, code }) => {
      const { url, person } = await runSandbox();
      const { token } = await person('ada');
      const response = await fetch(`${url}/api/v1/statuses`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body,
      });
      expect(response.status).toBe(code);
      expect(await jsonField(response, 'error')).toMatch(/\w+ \w+/);
    },
  );

  it('for what is not there get 404 as JSON', async () => {
    const { url } = await runSandbox();
    for (const path of ['/api/v1/lists', '/api/v1/statuses/x', '/api/v9', '/media/', '/oauth']) {
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
      expect(await jsonField(response, 'error')).not.toBe('');
    }
  });

  it('with HTML in all their texts get it back as text', async () => {
    const { person } = await runSandbox();
    const { rest } = await person('ada');
    const evil = '<img src=x onerror=alert(1)> "\' & <!-- #<b> @ada<script> http://x/"onclick="';
    const status = await rest.v1.statuses.create({ status: evil });
    expect(status.content.replace(/<\/?(?:p|br|a|span)(?: [^<>]*)?>/g, '')).not.toMatch(/[<>]/);
    expect(status.content).toContain('&lt;img src=x onerror=alert(1)&gt; &quot;&#39; &amp;');
  });
});
