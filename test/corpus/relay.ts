import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Case, Handler, Place } from './case.js';
import { Disguise } from './disguise.js';
import { StreamRelay } from './stream-relay.js';

/** Stands between the bot and its server, serves strangers' pictures, and answers as the case at hand wants. */
export class Relay {
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => request.socket.destroy());
  });
  /** Whose hostile answer has been given, by the names of those who posted. */
  readonly #given = new Set<string>();
  #list: Handler | undefined;
  #target = '';
  #disguise: Disguise | undefined;
  #stream: StreamRelay | undefined;

  /**
   * @param cases by the name of who posts it
   * @param good what is served where a case serves nothing of its own
   */
  constructor(
    private readonly cases: ReadonlyMap<string, Case>,
    private readonly good: { readonly photo: Buffer; readonly painting: Buffer },
  ) {}

  /** Begins to listen; gives the address. */
  async open(target: string): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const disguise = new Disguise(this.cases, url);
    const stream = new StreamRelay(target, (payload) => disguise.applied(payload));
    this.#server.on('upgrade', (request, socket) => stream.upgrade(request, socket));
    this.#target = target;
    [this.#disguise, this.#stream] = [disguise, stream];
    return url;
  }

  close(): void {
    this.#stream?.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get stream(): StreamRelay {
    if (this.#stream === undefined) throw new Error('the relay is not open');
    return this.#stream;
  }

  /** Whether the hostile answer of whoever posted has been given, if there is one. */
  hasAnswered(poster: string): boolean {
    return this.cases.get(poster)?.answer === undefined || this.#given.has(poster);
  }

  /** Lets the bot look at its list, to find this answer. */
  async answerList(handler: Handler): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#list = (request, response) => {
        resolve();
        handler(request, response);
      };
    });
    this.stream.cut();
    await answered;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const [path = ''] = url.split('?');
    const [, poster = '', file] = /^\/pictures\/(\w+)\/(photo|painting)/.exec(path) ?? [];
    if (file === 'photo' || file === 'painting') {
      const served = this.cases.get(poster)?.[file] ?? this.good[file];
      if (typeof served === 'function') served(request, response);
      else response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(served);
      return;
    }
    const body = await buffer(request);
    const hostile = this.#hostile(method, path, body);
    if (hostile) {
      hostile(request, response);
      return;
    }
    const passed = new Headers();
    for (const name of ['authorization', 'content-type', 'idempotency-key'])
      if (typeof headers[name] === 'string') passed.set(name, headers[name]);
    const answer = await fetch(this.#target + url, {
      method,
      headers: passed,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const found = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type');
    response.writeHead(answer.status, type === null ? {} : { 'Content-Type': type });
    if (path === '/api/v1/notifications') response.end(this.#disguised(found));
    else if (method === 'GET' && /^\/api\/v1\/statuses\/\d+$/.test(path))
      response.end(JSON.stringify(this.#disguise?.appliedToPost(JSON.parse(found.toString()))));
    else response.end(found);
  }

  #hostile(method: string, path: string, body: Buffer): Handler | undefined {
    if (path === '/api/v1/notifications') {
      const list = this.#list;
      this.#list = undefined;
      return list;
    }
    const place = placeOf(method, path);
    const poster = place && this.#disguise?.posterOf(place, path, body);
    if (poster === undefined || this.#given.has(poster)) return undefined;
    const answer = this.cases.get(poster)?.answer;
    if (answer?.place !== place) return undefined;
    this.#given.add(poster);
    return answer?.handler;
  }

  #disguised(list: Buffer): string {
    const found: unknown = JSON.parse(list.toString());
    const disguised = Array.isArray(found)
      ? found.map((each: unknown) => this.#disguise?.applied(each))
      : found;
    return JSON.stringify(disguised);
  }
}

const routes: readonly (readonly [method: string, path: RegExp, Place])[] = [
  ['POST', /^\/api\/v1\/statuses\/\d+\/favourite$/, 'acknowledge'],
  ['GET', /^\/api\/v1\/statuses\/\d+\/context$/, 'thread'],
  ['POST', /^\/api\/v2\/media$/, 'upload'],
  ['POST', /^\/api\/v1\/statuses$/, 'post'],
];

function placeOf(method: string, path: string): Place | undefined {
  return routes.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2];
}
