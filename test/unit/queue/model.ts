import { tagsFor, virtualTimeOf } from '../../../src/queue/fairness.js';
import type { State } from '../../../src/queue/states.js';
import { LEASE_MS } from '../../support/queue.js';

interface ModelRequest {
  readonly id: number;
  readonly mentionId: string;
  readonly start: number;
  readonly refused: boolean;
  state: State;
  attempts: number;
  notBefore: number;
  /** The number of the claim that holds it, counted over all claims. */
  holder: number | undefined;
  leaseUntil: number;
}

/** What a claim must say. */
export interface Claimed {
  readonly mentionId: string;
  readonly attempt: number;
}

/** The queue as one would explain it to a colleague: a list, and what each move does to it. */
export class QueueModel {
  now = 1_000_000;
  readonly requests: ModelRequest[] = [];
  /** Which request each claim, in the order in which they were made, was for. */
  readonly renderClaims: ModelRequest[] = [];
  readonly replyClaims: ModelRequest[] = [];
  #claims = 0;
  readonly #holders = new Map<ModelRequest[], number[]>([
    [this.renderClaims, []],
    [this.replyClaims, []],
  ]);
  readonly #lastFinish = new Map<string, number>();
  #virtualTime = 0;

  admit(mentionId: string, person: string, cost: number | 'refused'): boolean {
    if (this.requests.some((request) => request.mentionId === mentionId)) return false;
    this.#virtualTime = virtualTimeOf({
      busy: this.#in('queued', 'rendering').length > 0,
      lastStart: this.#virtualTime,
      maxFinish: Math.max(0, ...this.#lastFinish.values()),
    });
    const refused = cost === 'refused';
    const before = this.#lastFinish.get(person) ?? 0;
    const { start, finish } = tagsFor(this.#virtualTime, before, refused ? 0 : cost, 1);
    this.#lastFinish.set(person, finish);
    this.requests.push({
      id: this.requests.length,
      mentionId,
      start,
      refused,
      state: refused ? 'answering' : 'queued',
      attempts: 0,
      notBefore: 0,
      holder: undefined,
      leaseUntil: 0,
    });
    return true;
  }

  claimRender(): Claimed | undefined {
    const [request] = this.#free('queued', 'rendering').sort(byStart);
    if (request === undefined) return undefined;
    request.state = 'rendering';
    this.#virtualTime = Math.max(this.#virtualTime, request.start);
    return this.#claim(request, this.renderClaims);
  }

  claimReply(): Claimed | undefined {
    const [request] = this.#free('answering').sort(
      (a, b) => Number(a.refused) - Number(b.refused) || a.id - b.id,
    );
    return request && this.#claim(request, this.replyClaims);
  }

  extend(claims: ModelRequest[], index: number): boolean {
    const request = this.#held(claims, index);
    if (request) request.leaseUntil = this.now + LEASE_MS;
    return request !== undefined;
  }

  /** Ends a claim, if it still holds its request, and changes the request so. */
  release(claims: ModelRequest[], index: number, changes: Partial<ModelRequest>): boolean {
    const request = this.#held(claims, index);
    if (request) Object.assign(request, changes, { holder: undefined, leaseUntil: 0 });
    return request !== undefined;
  }

  cancel(mentionId: string): boolean {
    const request = this.#in('queued', 'rendering', 'answering').find(
      (one) => one.mentionId === mentionId,
    );
    if (request) Object.assign(request, { state: 'cancelled', holder: undefined, leaseUntil: 0 });
    return request !== undefined;
  }

  pending(): readonly { platform: string; mentionId: string; state: State }[] {
    return this.#in('queued', 'rendering', 'answering')
      .sort(byStart)
      .map(({ mentionId, state }) => ({ platform: 'here', mentionId, state }));
  }

  #claim(request: ModelRequest, claims: ModelRequest[]): Claimed {
    request.attempts++;
    request.holder = this.#claims++;
    request.leaseUntil = this.now + LEASE_MS;
    claims.push(request);
    this.#holders.get(claims)?.push(request.holder);
    return { mentionId: request.mentionId, attempt: request.attempts };
  }

  #held(claims: ModelRequest[], index: number): ModelRequest | undefined {
    const request = claims[index];
    return request?.holder === this.#holders.get(claims)?.[index] ? request : undefined;
  }

  #in(...states: readonly State[]): ModelRequest[] {
    return this.requests.filter(({ state }) => states.includes(state));
  }

  #free(...states: readonly State[]): ModelRequest[] {
    const { now } = this;
    return this.#in(...states).filter((one) => one.notBefore <= now && one.leaseUntil <= now);
  }
}

function byStart(a: ModelRequest, b: ModelRequest): number {
  return a.start - b.start || a.id - b.id;
}
