import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Dice } from './dice.js';
import type { Fault, Faults, Place } from './faults.js';
import { StreamProxy } from './stream-proxy.js';

/** A request of the bot's, at two moments: before the server sees it, and when the server has done what it asks. */
export type Step = 'asked' | 'done';

export interface ProxyOptions {
  readonly target: string;
  readonly faults: Faults;
  readonly seed: number;
  /** Told in the midst of each request; whatever it does is done before the request goes on. */
  readonly onStep: (place: Place, step: Step) => void;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const entitySchema = z.looseObject({ id: z.string() });

/** Stands between the bot and its server, and lets everything go wrong that can. */
export class FaultyProxy {
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => request.socket.destroy());
  });
  readonly #stream: StreamProxy;
  readonly #dice: Dice;
  /** Uploads that are not ready yet, and how many polls more. */
  readonly #unready = new Map<string, number>();

  constructor(private readonly options: ProxyOptions) {
    this.#dice = new Dice(options.seed, 'proxy');
    this.#stream = new StreamProxy(options);
    this.#server.on('upgrade', (request, socket) => this.#stream.upgrade(request, socket));
  }

  /** Begins to listen; gives the address. */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#stream.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, onStep } = this.options;
    const body = await buffer(request);
    const place = placeOf(request);
    const fault = place && faults.draw(place);
    if (place) onStep(place, 'asked');
    if (fault === 'reset before') return void request.socket.resetAndDestroy();
    const refusal = fault && this.#refusal(fault);
    if (refusal) {
      send(response, refusal);
      return;
    }
    if (request.socket.destroyed) return; // whoever asked is dead, and real proxies stop then, too

    const answer = await this.#forward(request, body, place);
    if (place) onStep(place, 'done');
    if (fault === 'slow') await sleep(this.#dice.between(500, 3000));
    if (fault === 'reset after') return void request.socket.resetAndDestroy();
    if (fault === 'cut download') {
      response.writeHead(answer.status, {
        ...answer.headers,
        'Content-Length': answer.body.length,
      });
      response.write(answer.body.subarray(0, answer.body.length / 2), () =>
        request.socket.destroy(),
      );
      return;
    }
    send(response, place && answer.status === 200 ? this.#altered(place, fault, answer) : answer);
  }

  /** What is said in place of doing what was asked; undefined if the fault is of another kind. */
  #refusal(fault: Fault): Answer | undefined {
    const html = { 'Content-Type': 'text/html' };
    const json = { 'Content-Type': 'application/json' };
    const page = Buffer.from('<!doctype html><h1>We will be back soon</h1>');
    const error = (text: string) => Buffer.from(JSON.stringify({ error: text }));
    const limit = (ms: number) => ({
      status: 429,
      headers: { ...json, 'X-RateLimit-Reset': new Date(Date.now() + ms).toISOString() },
      body: error('Too many requests'),
    });
    switch (fault) {
      case 'bad gateway':
        return { status: 502, headers: html, body: page };
      case 'page for an answer':
        return { status: 200, headers: html, body: page };
      case 'rate limit':
        return limit(this.#dice.between(1000, 2000));
      case 'rate limit that is over':
        return limit(-60_000);
      case 'unavailable':
        return { status: 503, headers: json, body: error('Service unavailable') };
      case 'request timeout':
        return { status: 408, headers: json, body: error('Request timeout') };
      default:
        return undefined;
    }
  }

  async #forward(
    { method = 'GET', url = '/', headers }: IncomingMessage,
    body: Buffer,
    place: Place | undefined,
  ): Promise<Answer> {
    const { target, faults } = this.options;
    const passed = new Headers();
    for (const name of ['authorization', 'content-type', 'idempotency-key'])
      if (typeof headers[name] === 'string') passed.set(name, headers[name]);
    if (place === 'post' && faults.draw('key')) passed.delete('idempotency-key');
    const answer = await fetch(target + url, {
      method,
      headers: passed,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const type = answer.headers.get('content-type');
    return {
      status: answer.status,
      headers: type === null ? {} : { 'Content-Type': type },
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }

  /** A good answer as another server, or a worse network, would give it. */
  #altered(place: Place, fault: Fault | undefined, answer: Answer): Answer {
    const { faults } = this.options;
    if (fault === 'truncated answer')
      return { ...answer, body: answer.body.subarray(0, answer.body.length / 2) };
    if (place === 'notifications') {
      const all = z.array(entitySchema).parse(JSON.parse(answer.body.toString()));
      const listed = all.filter(({ id }) => !this.#stream.late.has(id));
      const page = faults.draw('page of notifications') ? this.#dice.shuffled(listed) : listed;
      return { ...answer, body: Buffer.from(JSON.stringify(page)) };
    }
    if (place !== 'upload' && place !== 'upload status') return answer;
    const media = entitySchema.parse(JSON.parse(answer.body.toString()));
    const unready = (status: number) => ({
      ...answer,
      status,
      body: Buffer.from(JSON.stringify({ ...media, url: null })),
    });
    const polls = this.#unready.get(media.id) ?? 0;
    if (place === 'upload' && faults.draw('uploaded file')) {
      this.#unready.set(media.id, this.#dice.between(1, 3));
      return unready(202);
    }
    if (place === 'upload status' && polls > 0) {
      this.#unready.set(media.id, polls - 1);
      return unready(206);
    }
    return answer;
  }
}

const routes: readonly (readonly [method: string, path: RegExp, Place])[] = [
  ['GET', /^\/api\/v1\/accounts\/verify_credentials$/, 'sign in'],
  ['GET', /^\/api\/v2\/instance$/, 'instance'],
  ['GET', /^\/api\/v1\/notifications$/, 'notifications'],
  ['POST', /^\/api\/v1\/statuses\/\d+\/favourite$/, 'favorite'],
  ['POST', /^\/api\/v2\/media$/, 'upload'],
  ['GET', /^\/api\/v1\/media\/\d+$/, 'upload status'],
  ['POST', /^\/api\/v1\/statuses$/, 'post'],
  ['GET', /^\/api\/v1\/statuses\/\d+\/context$/, 'thread'],
  ['GET', /^\/api\/v1\/statuses\/\d+$/, 'read a post'],
  ['DELETE', /^\/api\/v1\/statuses\/\d+$/, 'removal'],
  ['GET', /^\/media\//, 'download'],
];

function placeOf({ method, url = '' }: IncomingMessage): Place | undefined {
  const path = url.split('?')[0] ?? '';
  return routes.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2];
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.length }).end(body);
}
