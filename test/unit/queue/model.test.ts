import fc from '../../support/property.js';
import { expect, it } from 'vitest';
import { Queue, type Claim, type RenderClaim, type ReplyClaim } from '../../../src/queue/queue.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { LEASE_MS, newPlace, openAt, options, queueRounds } from '../../support/queue.js';
import { QueueModel, type Claimed } from './model.js';

/** Two processes with the same database: every command says through which of them it goes. */
class TwoQueues {
  readonly renderClaims: RenderClaim[] = [];
  readonly replyClaims: ReplyClaim[] = [];
  now = 1_000_000;
  readonly #queues = new Map<number, Queue>();
  constructor(private readonly place: string) {}

  at(which: number): Queue {
    const open = this.#queues.get(which);
    if (open) return open;
    const queue = new Queue(openAt(this.place), options, () => this.now);
    this.#queues.set(which, queue);
    return queue;
  }

  /** The next command that goes this way opens the database again. */
  async close(which: number): Promise<void> {
    await this.#queues.get(which)?.close();
    this.#queues.delete(which);
  }
}

type Command = fc.AsyncCommand<QueueModel, TwoQueues>;

/** A command that is always possible; afterwards both queues see what the model says is pending. */
function command(
  name: string,
  run: (model: QueueModel, real: TwoQueues) => Promise<void>,
  check: (model: Readonly<QueueModel>) => boolean = () => true,
): Command {
  return {
    check,
    run: async (model, real) => {
      await run(model, real);
      for (const which of [0, 1]) expect(await real.at(which).pending()).toEqual(model.pending());
    },
    toString: () => name,
  };
}

const which = fc.nat(1);
const wait = fc.integer({ min: 1, max: 2 * LEASE_MS });

const admit = fc
  .tuple(which, fc.nat(30), fc.nat(2), fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(null)))
  .map(([which, number, person, cost]) =>
    command(`admit(${which}, ${number}, ${person}, ${cost ?? 'refused'})`, async (model, real) => {
      const mention = mentionOf(`m${number}`, `p${person}`);
      const outcome =
        cost === null ? { refusal: { type: 'one picture' as const } } : { request, cost };
      const admitted = await real.at(which).admit('here', mention, outcome);
      expect(admitted !== undefined).toBe(
        model.admit(mention.id, mention.author.id, cost ?? 'refused'),
      );
    }),
  );

function expectClaim(claim: Claim | undefined, expected: Claimed | undefined): void {
  expect(claim && { mentionId: claim.mention.id, attempt: claim.attempt }).toEqual(expected);
}

const claimRender = which.map((which) =>
  command(`claimRender(${which})`, async (model, real) => {
    const claim = await real.at(which).claimRender();
    expectClaim(claim, model.claimRender());
    if (claim) real.renderClaims.push(claim);
  }),
);

const claimReply = which.map((which) =>
  command(`claimReply(${which})`, async (model, real) => {
    const claim = await real.at(which).claimReply();
    expectClaim(claim, model.claimReply());
    if (claim) real.replyClaims.push(claim);
  }),
);

/** What the holder of a render may do, whether it still holds it or not. */
const renderMoves = {
  extend: (queue: Queue, claim: RenderClaim) => queue.extend(claim),
  rendered: (queue: Queue, claim: RenderClaim) => queue.rendered(claim, painted),
  handBack: (queue: Queue, claim: RenderClaim) => queue.handBack(claim),
  retryRender: (queue: Queue, claim: RenderClaim, until: number) => queue.retryRender(claim, until),
};
const replyMoves = {
  extend: (queue: Queue, claim: ReplyClaim) => queue.extend(claim),
  answered: (queue: Queue, claim: ReplyClaim) => queue.answered(claim, 'reply'),
  repaint: (queue: Queue, claim: ReplyClaim) => queue.repaint(claim),
  unanswerable: (queue: Queue, claim: ReplyClaim) => queue.unanswerable(claim),
  retryReply: (queue: Queue, claim: ReplyClaim, until: number) => queue.retryReply(claim, until),
};

/** Which of the latest claims acts: often the last one, sometimes one that is long over. */
const age = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { arbitrary: fc.nat(5), weight: 2 });
const keysOf = <T extends object>(table: T) => Object.keys(table) as (keyof T)[];

const renderMove = fc
  .tuple(which, fc.constantFrom(...keysOf(renderMoves)), age, wait)
  .map(([which, move, age, wait]) =>
    command(
      `${move}(${which}, ${age}, ${wait})`,
      async (model, real) => {
        const index = model.renderClaims.length - 1 - age;
        const [claim, until] = [real.renderClaims[index], model.now + wait];
        if (claim === undefined) return;
        const did = await renderMoves[move](real.at(which), claim, until);
        const claims = model.renderClaims;
        const expected = {
          extend: () => model.extend(claims, index),
          rendered: () => model.release(claims, index, { state: 'answering', attempts: 0 }),
          handBack: () =>
            model.release(claims, index, { state: 'queued', attempts: claim.attempt - 1 }),
          retryRender: () => model.release(claims, index, { state: 'queued', notBefore: until }),
        }[move]();
        expect(did).toBe(expected);
      },
      (model) => model.renderClaims.length > age,
    ),
  );

const replyMove = fc
  .tuple(which, fc.constantFrom(...keysOf(replyMoves)), age, wait)
  .map(([which, move, age, wait]) =>
    command(
      `${move}(${which}, ${age}, ${wait})`,
      async (model, real) => {
        const index = model.replyClaims.length - 1 - age;
        const [claim, until] = [real.replyClaims[index], model.now + wait];
        if (claim === undefined) return;
        const did = await replyMoves[move](real.at(which), claim, until);
        const claims = model.replyClaims;
        const expected = {
          extend: () => model.extend(claims, index),
          answered: () => model.release(claims, index, { state: 'answered' }),
          repaint: () => model.release(claims, index, { state: 'queued', attempts: 0 }),
          unanswerable: () => model.release(claims, index, { state: 'unanswerable' }),
          retryReply: () => model.release(claims, index, { notBefore: until }),
        }[move]();
        if (move !== 'retryReply') expect(did).toBe(expected);
      },
      (model) => model.replyClaims.length > age,
    ),
  );

const cancel = fc.tuple(which, fc.nat(30)).map(([which, number]) =>
  command(`cancel(${which}, ${number})`, async (model, real) => {
    expect(await real.at(which).cancel('here', `m${number}`)).toBe(model.cancel(`m${number}`));
  }),
);

const pass = fc.constantFrom(1, LEASE_MS / 2, LEASE_MS).map((ms) =>
  command(`pass(${ms})`, (model, real) => {
    model.now += ms;
    real.now += ms;
    return Promise.resolve();
  }),
);

const reopen = which.map((which) => command(`reopen(${which})`, (_, real) => real.close(which)));

it('two queues on one database do what the model does, whatever is asked of them, in whatever order', async () => {
  const commands = [admit, claimRender, renderMove, claimReply, replyMove, cancel, pass, reopen];
  const property = fc.asyncProperty(
    fc.commands(commands, { maxCommands: 100, size: 'max' }),
    async (all) => {
      const real = new TwoQueues(newPlace());
      try {
        await fc.asyncModelRun(() => ({ model: new QueueModel(), real }), all);
      } finally {
        await real.close(0);
        await real.close(1);
      }
    },
  );
  await fc.assert(property, { numRuns: queueRounds(20, 60) });
});
