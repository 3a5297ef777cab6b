import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, page, problem, type Answer, type Asked } from './http.js';
import { Bill, RateWindows, X_LIMITS, type Endpoint } from './meter.js';
import { Reading } from './reading.js';
import { Doorkeeper, SCOPES, unauthorized, type Grant } from './sign-in.js';
import { World } from './world.js';
import { Writing } from './writing.js';

/** What may go wrong with a request, on behalf of X and of whatever is on the way there. */
export const faults = {
  'bad gateway': '502 with a page',
  'page for an answer': '200 with a page instead of what was asked for',
  'page for guests': '401 with a page that asks whoever is on the way to sign in',
  unavailable: '503 with a problem in JSON',
  'rate limit': '429 with a reset a second or two ahead',
  'reset before': 'the connection is reset and X never saw the request',
  'reset after': 'the connection is reset after X did what was asked',
  'truncated answer': 'half of the JSON, well formed as HTTP',
  slow: 'the answer comes late',
} as const;
export type Fault = keyof typeof faults;
export const faultKinds = Object.keys(faults) as readonly Fault[];

export interface FakeXOptions {
  /** What goes wrong with a request, if anything; until that is decided, nothing becomes of it. */
  readonly fault?: (endpoint: Endpoint) => Fault | undefined | Promise<undefined>;
  readonly limits?: Partial<Readonly<Record<Endpoint, number>>>;
  readonly windowMs?: number;
}

/**
 * A faithful X, as far as a bot comes to know it: over HTTP, with signatures that must be right, limits in X's own headers,
 * pages with tokens, uploads in X's steps, and everything counted that X charges for. What it does is written down from X's
 * documentation, and not from the adapter.
 */
export class FakeX {
  readonly world = new World();
  readonly door = new Doorkeeper(this.world);
  readonly bill = new Bill();
  readonly writing = new Writing(this.world, this.bill);
  readonly reading = new Reading(this.world, this.bill, () => this.url);
  /** What it was asked, as far as it was let through: "POST /2/tweets". */
  readonly asked: string[] = [];
  url = '';
  fault: NonNullable<FakeXOptions['fault']>;
  /** Whether the operator's credits are used up. */
  isUnpaid = false;
  readonly #windows: RateWindows;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => request.socket.destroy());
  });

  constructor({ fault = () => undefined, limits, windowMs = 15 * 60_000 }: FakeXOptions = {}) {
    this.fault = fault;
    this.#windows = new RateWindows({ ...X_LIMITS, ...limits }, windowMs);
  }

  /** Begins to listen; gives itself. @param port 0 for one that is free */
  async open(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const url = new URL(request.url ?? '/', this.url);
    const asked: Asked = { method, url, headers, body: await buffer(request) };
    const endpoint = endpointOf(asked);
    const fault = endpoint && (await this.fault(endpoint));
    if (fault === 'reset before') return void request.socket.resetAndDestroy();
    const answer = (fault && refusal(fault)) ?? (await this.#answer(asked, endpoint));
    if (fault === 'reset after') return void request.socket.resetAndDestroy();
    if (fault === 'slow') await sleep(300);
    const { status, body } = answer;
    const sent = fault === 'truncated answer' ? body.subarray(0, body.length / 2) : body;
    response.writeHead(status, { ...answer.headers, 'content-length': sent.length }).end(sent);
  }

  async #answer(asked: Asked, endpoint: Endpoint | undefined): Promise<Answer> {
    const { method, url } = asked;
    this.asked.push(`${method} ${url.pathname}`);
    const media = /^\/media\/(\d+)$/.exec(url.pathname)?.[1];
    if (media !== undefined) return this.#picture(media);
    const signIn = this.door.handle(asked);
    if (signIn) return signIn;
    const grant = this.door.grantOf(asked);
    if (grant === undefined) return unauthorized();
    if (endpoint === undefined) return problem(404, 'Not Found', 'There is no such endpoint.');
    const { allowed, headers } = this.#windows.use(grant.user.id, endpoint);
    const answer = allowed
      ? await this.#do(endpoint, grant, asked)
      : problem(429, 'Too Many Requests', 'Too Many Requests');
    const level = { 'x-access-level': grant.level };
    return { ...answer, headers: { ...answer.headers, ...headers, ...level } };
  }

  #do(endpoint: Endpoint, { user, scopes }: Grant, asked: Asked): Answer | Promise<Answer> {
    if (this.isUnpaid)
      return problem(402, 'CreditsDepleted', 'Your enrolled account does not have any credits.');
    if (!SCOPES[endpoint].every((scope) => scopes.has(scope)))
      return problem(
        403,
        'Forbidden',
        'Your client app is not configured with the appropriate permissions.',
      );
    const { pathname, searchParams } = asked.url;
    const id = /\/(\d{10,})/.exec(pathname)?.[1] ?? '';
    switch (endpoint) {
      case 'me':
        return this.reading.me(user);
      case 'mentions':
      case 'own posts': {
        const of = this.world.users.get(id);
        if (of !== user) return problem(403, 'Forbidden', 'This is somebody else’s.');
        return endpoint === 'mentions'
          ? this.reading.mentions(of, asked)
          : this.reading.ownPosts(of, asked);
      }
      case 'lookup':
        return this.reading.lookup(id, asked);
      case 'post':
        return this.writing.post(user, asked);
      case 'removal':
        return this.writing.remove(user, id);
      case 'upload':
        if (pathname.endsWith('/initialize')) return this.writing.initialize(user, asked);
        return pathname.endsWith('/append')
          ? this.writing.append(user, id, asked)
          : this.writing.finalize(user, id);
      case 'media status':
        return this.writing.status(user, searchParams.get('media_id') ?? '');
      case 'metadata':
        return this.writing.describe(user, asked);
    }
  }

  #picture(id: string): Answer {
    const media = this.world.media.get(id);
    return media
      ? { status: 200, headers: { 'content-type': media.type }, body: media.data }
      : page(404, 'Not here');
  }
}

const routes: readonly (readonly [method: string, path: RegExp, Endpoint])[] = [
  ['GET', /^\/2\/users\/me$/, 'me'],
  ['GET', /^\/2\/users\/\d+\/mentions$/, 'mentions'],
  ['GET', /^\/2\/users\/\d+\/tweets$/, 'own posts'],
  ['GET', /^\/2\/tweets\/\d+$/, 'lookup'],
  ['POST', /^\/2\/tweets$/, 'post'],
  ['DELETE', /^\/2\/tweets\/\d+$/, 'removal'],
  ['POST', /^\/2\/media\/upload\/(initialize|\d+\/append|\d+\/finalize)$/, 'upload'],
  ['GET', /^\/2\/media\/upload$/, 'media status'],
  ['POST', /^\/2\/media\/metadata$/, 'metadata'],
];

function endpointOf({ method, url }: Asked): Endpoint | undefined {
  return routes.find(([verb, path]) => verb === method && path.test(url.pathname))?.[2];
}

/** What is said in place of doing what was asked; undefined if the fault is of another kind. */
function refusal(fault: Fault): Answer | undefined {
  switch (fault) {
    case 'bad gateway':
      return page(502, '<!doctype html><h1>Something went wrong</h1>');
    case 'page for an answer':
      return page(200, '<!doctype html><h1>We will be back soon</h1>');
    case 'page for guests':
      return page(401, '<!doctype html><h1>Welcome to our guest network</h1>');
    case 'unavailable':
      return problem(503, 'Service Unavailable', 'Service Unavailable');
    case 'rate limit': {
      const reset = String(Math.ceil(Date.now() / 1000) + 1);
      return json(
        429,
        { title: 'Too Many Requests', detail: 'Too Many Requests', status: 429 },
        { 'x-rate-limit-limit': '1', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset },
      );
    }
    default:
      return undefined;
  }
}
