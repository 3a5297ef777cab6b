import { Hono } from 'hono';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { secret, type Kind } from './secrets.js';

/** What a server gives out that nobody else may know, by how it stands in an answer. */
const places: readonly (readonly [RegExp, Kind])[] = [
  [/"access_token":"([^"]+)"/, 'access token'],
  [/"client_secret":"([^"]+)"/, 'client secret'],
  [/<code>([^<]+)<\/code>/, 'authorization code'],
];

/** A sandbox of which every secret that it gives out, to whomever, is known to be one. */
export function watchedSandbox(options: SandboxOptions): Sandbox {
  const sandbox = createSandbox(options);
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    if (c.req.method !== 'POST') return;
    const said = await c.res.clone().text();
    for (const [place, kind] of places) {
      const [, value] = place.exec(said) ?? [];
      if (value !== undefined) secret(kind, value);
    }
  });
  app.route('/', sandbox.app);
  return {
    ...sandbox,
    app,
    signIn: (...args) => {
      const account = sandbox.signIn(...args);
      secret('access token', account.accessToken);
      return account;
    },
  };
}
