import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { httpServer } from './http-server.js';

/** Takes over an answer and gives true, or lets the server be a good one. */
export type Mischief = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FileServer {
  readonly url: string;
  /** What was asked for, with the range if there was one: "/model.pth bytes=10-". */
  readonly requests: readonly string[];
  content: Uint8Array;
  etag: string | undefined;
  mischief: Mischief;
}

/** A server of one file with ranges and validators (RFC 9110, sections 13 and 14), as releases and buckets have them. */
export async function fileServer(content: Uint8Array): Promise<FileServer> {
  const requests: string[] = [];
  const url = await httpServer((request, response) => {
    requests.push([request.url ?? '', request.headers.range].filter(Boolean).join(' '));
    if (!server.mischief(request, response)) answer(server, request, response);
  });
  const server: FileServer = {
    url,
    requests,
    content,
    etag: '"first"',
    mischief: () => false,
  };
  return server;
}

function answer(
  { content, etag }: FileServer,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  if (etag !== undefined) response.setHeader('ETag', etag);
  const ifRange = headers['if-range'];
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const { length } = content;
  if (start === 0 || (ifRange !== undefined && ifRange !== etag)) {
    response.writeHead(200, { 'Content-Length': length }).end(content);
  } else if (start >= length) {
    response.writeHead(416, { 'Content-Range': `bytes */${length}` }).end();
  } else {
    response.writeHead(206, {
      'Content-Length': length - start,
      'Content-Range': `bytes ${start}-${length - 1}/${length}`,
    });
    response.end(content.subarray(start));
  }
}

/** Mischief: sends as many bytes of the answer and breaks the connection, this many times. */
export function cut(server: FileServer, bytes: number, times = Infinity): Mischief {
  let left = times;
  return ({ headers }, response) => {
    if (left-- <= 0) return false;
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const { length } = server.content;
    response.writeHead(start > 0 ? 206 : 200, {
      'Content-Length': length - start,
      ...(server.etag !== undefined && { ETag: server.etag }),
      ...(start > 0 && { 'Content-Range': `bytes ${start}-${length - 1}/${length}` }),
    });
    response.write(server.content.subarray(start, start + bytes), () => response.destroy());
    return true;
  };
}

export interface ProxyServer {
  readonly url: string;
  /** The hosts and ports that it was asked to connect to. */
  readonly hosts: readonly string[];
}

/** A proxy that knows the way to one server, under whatever name it is asked for. */
export async function proxyTo(target: string): Promise<ProxyServer> {
  const hosts: string[] = [];
  const server = createServer().on('connect', ({ url = '' }, near) => {
    hosts.push(url);
    const { hostname, port } = new URL(target);
    const far = connect(Number(port), hostname, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    for (const end of [near, far]) end.on('error', () => end.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hosts };
}
