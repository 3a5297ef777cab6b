import { Hono } from 'hono';
import { createRestAPIClient, createStreamingAPIClient, type mastodon } from 'masto';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.js';
import { serve } from '../../src/web/server.js';
import { temporaryFolder } from './folder.js';
import { watchedSandbox } from './watched-sandbox.js';

export interface RunningSandbox {
  readonly sandbox: Sandbox;
  readonly url: string;
  /** Signs in by name through the API, as the page does. */
  readonly person: (username: string) => Promise<Person>;
  readonly close: () => Promise<void>;
}

export interface Person {
  readonly token: string;
  readonly rest: mastodon.rest.Client;
}

/**
 * A sandbox behind a real HTTP server on a free port, gone when the test is. It tells clients that it is at that
 * address, unless `url` says otherwise.
 */
export async function runSandbox(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const address = { url: '' };
  const sandbox = watchedSandbox({
    directory: options.directory ?? temporaryFolder(),
    // A fault of the sandbox's own answers 500; whoever reads the failing test wants to know why.
    report: console.error,
    url: () => address.url,
    ...options,
  });
  const server = await serve({ sandbox, app: new Hono(), host: '127.0.0.1', port: 0 });
  address.url = server.url;
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= server.close().then(() => {
      sandbox.close();
    }));
  onTestFinished(close);
  return {
    sandbox,
    url: server.url,
    close,
    person: async (username) => {
      const response = await fetch(`${server.url}/api/v1/accounts`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username }),
      });
      const token = await jsonField(response, 'access_token');
      return { token, rest: restClient(server.url, token) };
    },
  };
}

export function restClient(url: string, accessToken?: string): mastodon.rest.Client {
  return createRestAPIClient({ url, ...(accessToken === undefined ? {} : { accessToken }) });
}

export function streamingClient(url: string, accessToken: string): mastodon.streaming.Client {
  const client = createStreamingAPIClient({
    streamingApiUrl: url.replace(/^http/, 'ws'),
    accessToken,
  });
  onTestFinished(() => {
    client.close();
  });
  return client;
}

/** A plain picture of one color. */
export async function picture(
  width = 64,
  height = 48,
  format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif' = 'png',
): Promise<Blob> {
  const data = await sharp({ create: { width, height, channels: 3, background: '#b4532a' } })
    .toFormat(format)
    .toBuffer();
  return new Blob([new Uint8Array(data)]);
}

/** One text field of a JSON answer. */
export async function jsonField(response: Response, name: string): Promise<string> {
  const body: unknown = await response.json();
  const result = z.record(z.string(), z.unknown()).parse(body)[name];
  if (typeof result !== 'string') throw new Error(`No ${name} in ${JSON.stringify(body)}`);
  return result;
}

/**
 * The fields that a type of masto's promises. A list of this type does not compile while one is missing from it, so
 * comparing an answer with the list proves that the answer keeps the promise.
 */
export type Promised<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: true };
