import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { IClientSettings, ITwitterApiClientPlugin } from 'twitter-api-v2';
import { z } from 'zod';
import { Windows } from './windows.js';

/*
 * How the library is to ask X: not for ever, not for everything, not more often than X allows, and, for tests and those
 * who keep a proxy in front of it, perhaps elsewhere.
 */

/** Where X's API is, unless the settings name a place that stands for it. */
export const X_API = 'https://api.x.com';

/** A server that has not answered in full within this time is not going to. Uploads may take a while. */
const TOTAL_MS = 60_000;
/**
 * What is to be posted is given up after this time. It is well below a lease, at the end of which our list of posts tells whoever
 * follows us what became of it. (The system may still send what it has been given already, when a cut line is mended: then it is for
 * X to refuse the second of two that say the same.)
 */
const POSTING_MS = 10_000;
/** A page of a hundred mentions with everything that comes along has some 300 kB. */
const MAX_ANSWER_BYTES = 8e6;

/** What the library tells of a request under way, by the name of what happens to it. */
const eventSchema = z.object({
  socket: z.custom<Socket>((value) => typeof value === 'object' && value !== null).optional(),
  res: z.custom<IncomingMessage>((value) => typeof value === 'object' && value !== null).optional(),
});

/** @param url X_API, or another one for it: scheme://host:port */
export function boundedSettings(url: string): Partial<IClientSettings> {
  const windows = new Windows();
  const plugin: ITwitterApiClientPlugin = {
    onBeforeRequestConfig: ({ params }) => {
      const { pathname } = new URL(params.url);
      windows.requireRoom(params.method, pathname);
      if (url !== X_API) {
        params.url = params.url.replace(X_API, url);
        // The library knows these answers by X's own address.
        if (pathname.startsWith('/oauth/')) params.forceParseMode = 'url';
      }
      const isPost = params.method === 'POST' && pathname === '/2/tweets';
      params.requestEventDebugHandler = bounding(isPost ? POSTING_MS : TOTAL_MS);
    },
    onAfterRequest: ({ params, response }) => {
      const { pathname } = new URL(params.url);
      windows.note(params.method, pathname, response.rateLimit);
      // The library takes a page of somebody on the way for an answer like any other, in the middle of an upload, say.
      const data: unknown = response.data;
      if (!pathname.startsWith('/oauth/') && typeof data === 'string' && data !== '')
        throw new TypeError('a page in place of an answer');
    },
    onResponseError: ({ params, error }) =>
      windows.note(params.method, new URL(params.url).pathname, error.rateLimit),
  };
  // A connection for each request: the library leaves its listeners on it.
  const httpAgent = url.startsWith('https:') ? new HttpsAgent() : new HttpAgent();
  // Whatever comes packed could unpack to anything, so nothing is to.
  return { httpAgent, compression: 'identity', plugins: [plugin] };
}

/** Ends one request that takes longer or is answered without an end. */
function bounding(totalMs: number): (event: string, data?: unknown) => void {
  let socket: Socket | undefined;
  const timer = setTimeout(() => socket?.destroy(new Error('no answer in time')), totalMs).unref();
  return (event, data) => {
    const { data: about } = eventSchema.safeParse(data ?? {});
    if (event === 'socket') socket = about?.socket;
    if (event === 'close') clearTimeout(timer);
    if (event !== 'response') return;
    let bytes = 0;
    about?.res?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) about.res?.destroy(new Error('too long an answer'));
    });
  };
}
