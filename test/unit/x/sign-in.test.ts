import { createHash } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { FakeX } from '../../x/server.js';

const VERIFIER = 'a word that only the application knows';

/** An application that signs somebody in by OAuth 2.0, written from its standards (RFC 6749, RFC 7636). */
async function application(scope: string) {
  const x = await new FakeX().open();
  onTestFinished(() => x.close());
  const { clientId, clientSecret, callback } = x.door.app;
  const page = new URL('/i/oauth2/authorize', x.url);
  page.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    scope,
    state: 'state',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  }).toString();
  const body = new URLSearchParams({ username: 'ada' });
  const sent = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  const code = new URL(sent.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const token = (redirect_uri: string) =>
    fetch(`${x.url}/2/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri,
        code_verifier: VERIFIER,
      }),
    });
  return { x, callback, token };
}

it('the fake X gives a token only to where it has sent the person', async () => {
  const { token } = await application('tweet.read users.read');
  expect((await token('http://127.0.0.1/elsewhere')).status).toBe(400);
});

it('the fake X lets a token do what its scopes say', async () => {
  const { x, callback, token } = await application('tweet.read users.read tweet.write');
  const { access_token: bearer } = z
    .object({ access_token: z.string() })
    .parse(await (await token(callback)).json());
  const ask = async (method: string, path: string, body?: string) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const request = { method, headers, ...(body !== undefined && { body }) };
    return (await fetch(x.url + path, request)).status;
  };
  expect(await ask('GET', '/2/users/me')).toBe(200);
  expect(await ask('POST', '/2/tweets', '{"text":"hello"}')).toBe(201);
  expect(await ask('POST', '/2/media/upload/initialize', '{}'), 'without media.write').toBe(403);
});
