import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/*
 * As much of S3 as keeping pictures takes, over real sockets: objects in one bucket, by path, and signatures of version 4, which
 * are computed anew and compared. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */

/** What goes wrong, in place of an answer or with it. */
export type S3Fault = 'unavailable' | 'reset' | 'silent' | 'truncated' | 'page' | 'no bucket';

interface Stored {
  readonly bytes: Buffer;
  readonly at: Date;
}

export interface S3Server {
  readonly endpoint: string;
  readonly objects: Map<string, Stored>;
  /** Every request so far: "PUT pictures/1.jpg". */
  readonly asked: string[];
  /** Asked of each request. */
  fault: (request: string) => S3Fault | undefined;
  /** From now on nobody answers; gives how to change that. */
  readonly leave: () => Promise<() => Promise<void>>;
}

/** So few, so that lists of tests have several pages. */
const PAGE = 4;

export interface S3ServerOptions {
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A storage for one test. */
export async function s3Server(options: S3ServerOptions): Promise<S3Server> {
  const objects = new Map<string, Stored>();
  const asked: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://s3.example');
      const [, bucket = '', ...rest] = url.pathname.split('/');
      const key = rest.join('/');
      const name = `${request.method ?? ''} ${key}`;
      asked.push(name);
      const fault = storage.fault(name);
      const problem = problemOf(request, url, body, options, fault);
      if (fault === 'silent') return;
      if (fault === 'reset') return void request.socket.resetAndDestroy();
      if (fault === 'page') return void response.writeHead(404).end('<h1>Not here</h1>');
      if (problem !== undefined) return fail(response, ...problem);
      if (bucket !== options.bucket) return fail(response, 404, 'NoSuchBucket');
      answer(request, url, key, body, response, fault === 'truncated');
    });
  };
  const answer = (...[request, url, key, body, response, isTruncated]: Asked): void => {
    const stored = objects.get(key);
    if (request.method === 'PUT') {
      const source = request.headers['x-amz-copy-source'];
      if (source === undefined) {
        objects.set(key, { bytes: body, at: new Date() });
        return void response.writeHead(200, { ETag: '"x"' }).end();
      }
      const from = objects.get(String(source).split('/').slice(1).join('/'));
      if (from === undefined) return fail(response, 404, 'NoSuchKey');
      objects.set(key, { bytes: from.bytes, at: new Date() });
      return xml(response, 200, '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>');
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (url.searchParams.get('list-type') === '2') return list(url.searchParams, response);
    if (stored === undefined) return fail(response, 404, 'NoSuchKey');
    response.writeHead(200, { 'Content-Length': stored.bytes.length });
    if (!isTruncated) return void response.end(stored.bytes);
    response.write(stored.bytes.subarray(0, stored.bytes.length / 2), () =>
      request.socket.destroy(),
    );
  };
  const list = (query: URLSearchParams, response: ServerResponse): void => {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, PAGE);
    const contents = page.map((key) => {
      const at = objects.get(key)?.at.toISOString() ?? '';
      return `<Contents><Key>${key}</Key><LastModified>${at}</LastModified></Contents>`;
    });
    const next =
      keys.length > PAGE
        ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>`
        : '<IsTruncated>false</IsTruncated>';
    xml(response, 200, `<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`);
  };
  const server = createServer(listener);
  const open = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await open(0);
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  onTestFinished(close);
  const storage: S3Server = {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    asked,
    fault: () => undefined,
    leave: async () => {
      await close();
      return async () => {
        await open(port);
      };
    },
  };
  return storage;
}

type Asked = readonly [
  request: IncomingMessage,
  url: URL,
  key: string,
  body: Buffer,
  response: ServerResponse,
  isTruncated: boolean,
];

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Why a request is not answered, as S3 says it: at length, and with what it was sent. */
function problemOf(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  options: S3ServerOptions,
  fault: S3Fault | undefined,
): readonly [status: number, code: string, more?: string] | undefined {
  if (fault === 'unavailable') return [503, 'SlowDown'];
  if (fault === 'no bucket') return [404, 'NoSuchBucket'];
  const { authorization = '' } = request.headers;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (parts === null) return [403, 'AccessDenied'];
  const [, id = '', scope = '', signed = '', signature = ''] = parts;
  const more = `<AWSAccessKeyId>${id}</AWSAccessKeyId><StringToSign>${options.secretAccessKey}</StringToSign>`;
  if (id !== options.accessKeyId) return [403, 'InvalidAccessKeyId', more];
  const said = String(request.headers['x-amz-content-sha256']);
  if (said !== 'UNSIGNED-PAYLOAD' && said !== sha256(body))
    return [400, 'XAmzContentSHA256Mismatch'];
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  const headers = signed
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [
    request.method,
    url.pathname,
    query.join('&'),
    headers.join(''),
    signed,
    said,
  ].join('\n');
  const time = String(request.headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${options.secretAccessKey}`);
  const isRight = hmac(key, toSign).toString('hex') === signature;
  return isRight ? undefined : [403, 'SignatureDoesNotMatch', more];
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function fail(response: ServerResponse, status: number, code: string, more = ''): void {
  const said = `<Error><Code>${code}</Code><Message>This did not work.</Message>${more}</Error>`;
  xml(response, status, said);
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${body}`);
}
