import { Bag, Dice } from './dice.js';

/** Everything that the proxy does wrong, on behalf of servers, proxies and networks that do. */
export const faults = {
  'bad gateway': '502 with an HTML page',
  'page for an answer': '200 with an HTML page instead of what was asked for',
  'rate limit': '429 with X-RateLimit-Reset a second or two ahead',
  'rate limit that is over': '429 with X-RateLimit-Reset in the past, as when clocks differ',
  unavailable: '503 with a JSON error',
  'request timeout': '408 with a JSON error, which passes although it begins with a 4',
  'reset before': 'the connection is reset and the server never saw the request',
  'reset after': 'the connection is reset after the server did what was asked',
  slow: 'the answer comes seconds late',
  'truncated answer': 'half of the JSON, well formed as HTTP',
  'cut download': 'the connection breaks in the middle of a picture',
  'upload not ready': '202 without an address, and 206 for the next polls',
  'key ignored': 'the Idempotency-Key is not looked at (GoToSocial does not know it)',
  'listed out of order': 'a page of notifications not in the order of their creation',
  'late with an old id': 'a notification appears, only in lists, after later ones were listed',
  'upgrade refused': '418 or 502 instead of a WebSocket',
  'stream cut': 'the WebSocket is closed after a while',
  'half-open stream': 'the WebSocket says nothing more, not even a ping or its end',
  'event lost': 'a notification is not streamed',
  'event doubled': 'a notification is streamed twice',
} as const satisfies Readonly<Record<string, string>>;

export type Fault = keyof typeof faults;
export const faultKinds = Object.keys(faults) as readonly Fault[];

interface Plan {
  /** How often something goes wrong here. */
  readonly rate: number;
  readonly kinds: readonly [Fault, ...Fault[]];
}

const refusals = [
  'bad gateway',
  'page for an answer',
  'rate limit',
  'rate limit that is over',
  'unavailable',
  'request timeout',
  'reset before',
  'reset after',
  'slow',
] as const satisfies readonly Fault[];
const answers = [...refusals, 'truncated answer'] as const satisfies readonly Fault[];

/** Where something can go wrong, how often, and what. */
const plans = {
  'sign in': { rate: 0.4, kinds: answers },
  instance: { rate: 0.3, kinds: answers },
  notifications: { rate: 0.3, kinds: answers },
  favorite: { rate: 0.15, kinds: answers },
  upload: { rate: 0.15, kinds: answers },
  'upload status': { rate: 0.1, kinds: answers },
  post: { rate: 0.25, kinds: [...answers, 'reset after', 'reset after', 'truncated answer'] },
  thread: { rate: 0.25, kinds: answers },
  // Before it paints, the bot looks whether the post still says the same.
  'read a post': { rate: 0.2, kinds: answers },
  removal: { rate: 0.2, kinds: answers },
  download: { rate: 0.15, kinds: [...refusals, 'cut download', 'cut download'] },
  // These change what a good answer holds, so they come on top of the ones above.
  'uploaded file': { rate: 0.25, kinds: ['upload not ready'] },
  key: { rate: 0.5, kinds: ['key ignored'] },
  'page of notifications': { rate: 0.5, kinds: ['listed out of order'] },
  upgrade: { rate: 0.3, kinds: ['upgrade refused'] },
  // A half-open stream takes the bot over a minute to notice, so there are few.
  stream: {
    rate: 0.8,
    kinds: ['half-open stream', ...Array.from({ length: 5 }, () => 'stream cut' as const)],
  },
  event: { rate: 0.35, kinds: ['event lost', 'event doubled', 'late with an old id'] },
} as const satisfies Readonly<Record<string, Plan>>;

export type Place = keyof typeof plans;
const places = Object.keys(plans) as readonly Place[];

/**
 * Which faults may happen: all; all, and what has not happened yet does as soon as it can; those that are no fault but
 * how some servers are; or none.
 */
export type Weather = 'storm' | 'encore' | 'odd server' | 'fair';

/** Decides what goes wrong. */
export interface Faults {
  /** What goes wrong here now, if anything; to be injected at once. */
  draw(place: Place): Fault | undefined;
}

/** Decides by chance what goes wrong where, and remembers it. */
export class FaultSource implements Faults {
  weather: Weather = 'fair';
  /** Everything that went wrong so far. */
  readonly injected: { readonly place: Place; readonly fault: Fault }[] = [];
  readonly #luck: ReadonlyMap<Place, { dice: Dice; bag: Bag<Fault> }>;

  constructor(seed: number) {
    this.#luck = new Map(
      places.map((place) => {
        const dice = new Dice(seed, `fault: ${place}`);
        const plan: Plan = plans[place];
        return [place, { dice, bag: new Bag(plan.kinds, dice) }];
      }),
    );
  }

  /** How often each kind of fault has happened. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      faultKinds.map((kind) => [kind, this.injected.filter(({ fault }) => fault === kind).length]),
    );
  }

  /** What goes wrong now, if anything; to be injected at once, for it is remembered. */
  draw(place: Place): Fault | undefined {
    const luck = this.#luck.get(place);
    const isDue = this.weather === 'encore' && !this.#hasDoneAll(plans[place].kinds);
    if (!luck || (!luck.dice.chance(plans[place].rate) && !isDue)) return undefined;
    if (this.weather === 'fair' || (this.weather === 'odd server' && place !== 'key'))
      return undefined;
    const fault = luck.bag.draw();
    this.injected.push({ place, fault });
    return fault;
  }

  #hasDoneAll(kinds: readonly Fault[]): boolean {
    return kinds.every((kind) => this.injected.some(({ fault }) => fault === kind));
  }
}
