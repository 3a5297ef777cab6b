import { Bag, Dice } from './dice.js';
import type { Place } from './faults.js';
import type { Step } from './proxy.js';
import type { Supervisor } from '../support/supervisor.js';

/** When somebody dies. Each is an instant that can be seen from outside, plus the instants right before and after. */
export const killPlans = [
  { victim: 'bot', moment: 'starting' },
  { victim: 'bot', moment: 'admitted' },
  { victim: 'bot', moment: 'downloading' },
  { victim: 'bot', moment: 'downloaded' },
  { victim: 'bot', moment: 'painting' },
  { victim: 'bot', moment: 'rendered' },
  { victim: 'bot', moment: 'uploading' },
  { victim: 'bot', moment: 'uploaded' },
  { victim: 'bot', moment: 'posting' },
  { victim: 'bot', moment: 'posted' },
  { victim: 'bot', moment: 'answered' },
  { victim: 'worker', moment: 'painting' },
] as const;
type Plan = (typeof killPlans)[number];
export type Moment = Plan['moment'];

const steps: Readonly<Record<string, Moment>> = {
  'download asked': 'downloading',
  'download done': 'downloaded',
  'upload asked': 'uploading',
  'upload done': 'uploaded',
  'post asked': 'posting',
  'post done': 'posted', // and the bot does not know yet
};
/** What the bot writes, and when. */
const lines: Readonly<Record<string, Moment>> = {
  'a mention': 'admitted',
  rendered: 'rendered',
  answered: 'answered',
};

interface Armed {
  readonly plan: Plan;
  /** How many such moments to let pass. */
  passing: number;
  readonly done: () => void;
}

/** Kills the bot or its render worker without a warning, each time at another moment. */
export class Killer {
  /** Who has been killed when, for example "bot: posted". */
  readonly kills: string[] = [];
  readonly #dice: Dice;
  readonly #bag: Bag<Plan>;
  #armed: Armed | undefined;

  constructor(
    private readonly supervisor: () => Supervisor,
    seed: number,
  ) {
    this.#dice = new Dice(seed, 'killer');
    this.#bag = new Bag<Plan>(killPlans, this.#dice);
  }

  /** Waits for the next moment to kill, and kills. */
  next(): Promise<void> {
    const plan = this.#bag.draw();
    return new Promise((done) => {
      this.#armed = { plan, passing: this.#dice.chance(0.3) ? 1 : 0, done };
      if (plan.moment === 'painting') this.#watch(this.#armed);
      if (plan.moment === 'starting') this.supervisor().restart();
    });
  }

  onStart(): void {
    if (this.#armed?.plan.moment !== 'starting') return;
    const armed = this.#armed;
    armed.passing = 0;
    setTimeout(() => this.#strike(armed), this.#dice.between(0, 1500));
  }

  onStep(place: Place, step: Step): void {
    this.#notice(steps[`${place} ${step}`]);
  }

  onLine(message: string): void {
    this.#notice(lines[message]);
  }

  #notice(moment: Moment | undefined): void {
    const armed = this.#armed;
    if (armed === undefined || armed.plan.moment !== moment) return;
    if (armed.passing-- > 0) return;
    this.#strike(armed);
  }

  /** A worker is struck after it has computed for a while: in mid-loading if it is new, else in mid-picture. */
  #watch(armed: Armed): void {
    const seen = new Map<number, number>();
    const luck = this.#dice.between(0, 250);
    const timer = setInterval(() => {
      for (const { pid, ticks } of this.supervisor().workers()) {
        const before = seen.get(pid) ?? ticks;
        seen.set(pid, before);
        if (ticks - before < luck) continue;
        clearInterval(timer);
        return this.#strike(armed, pid);
      }
    }, 10);
  }

  #strike(armed: Armed, worker?: number): void {
    const { victim, moment } = armed.plan;
    if (victim === 'worker' && worker !== undefined) process.kill(worker, 'SIGKILL');
    else this.supervisor().kill();
    this.kills.push(`${victim}: ${moment}`);
    this.#armed = undefined;
    armed.done();
  }
}
