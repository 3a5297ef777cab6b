import { gzipSync } from 'node:zlib';
import type { Handler } from './case.js';

/*
 * Ways to answer a request over HTTP, most of which are not HTTP.
 */

/** A whole answer. */
export function says(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): Handler {
  return (_, response) => response.writeHead(status, headers).end(body);
}

/** Bytes as they are, in place of HTTP. */
export function raw(text: string, then: 'end' | 'stay' = 'end'): Handler {
  return ({ socket }) => {
    socket.write(text, 'latin1');
    if (then === 'end') socket.end();
  };
}

/** Goes on as long as somebody listens. */
export function endless(type: string, chunk: Buffer): Handler {
  return (_, response) => {
    response.writeHead(200, { 'Content-Type': type });
    const more = () => {
      while (response.write(chunk));
    };
    response.on('drain', more).on('error', () => undefined);
    more();
  };
}

/** A byte now and then. */
export function trickle(head: string): Handler {
  return ({ socket }) => {
    socket.write(head);
    const timer = setInterval(() => socket.write('x'), 500);
    socket.on('close', () => clearInterval(timer));
  };
}

/** The first answer is hostile; whoever asks again is told that there is nothing, which ends the matter. */
export function once(handler: Handler): Handler {
  let asked = false;
  return (request, response) => {
    if (asked) says(404, {})(request, response);
    else handler(request, response);
    asked = true;
  };
}

export const silence: Handler = () => undefined;

/** Redirects to where it is. */
export const loop: Handler = (request, response) =>
  says(302, { Location: request.url ?? '' })(request, response);

/** Fifty megabytes in fifty kilobytes. */
export const bomb = gzipSync(Buffer.alloc(50e6));

export const json = { 'Content-Type': 'application/json' };
