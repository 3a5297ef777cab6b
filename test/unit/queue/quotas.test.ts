import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, Clock, newPlace, queueAt, queueRounds } from '../../support/queue.js';

const HOUR_MS = 3_600_000;
const plenty = { waiting: 1e9, waitingPerPerson: 1e9, perPersonAndDay: 1e9 };

function queueWith(quotas: Partial<typeof plenty>) {
  const clock = new Clock();
  const queue = queueAt(newPlace(), clock.now, { ...plenty, ...quotas });
  let count = 0;
  /** Asks for a picture and tells why it is refused, if it is. */
  const ask = async (person = 'ada', cost = 1) => {
    const outcome = await queue.admit('here', mentionOf(String(++count), person), {
      request,
      cost,
    });
    return outcome && 'refusal' in outcome ? outcome.refusal : undefined;
  };
  const paint = async () => queue.rendered(claimed(await queue.claimRender()), painted);
  return { queue, clock, ask, paint };
}

describe('how much a person may have waiting', () => {
  it('is limited; what is being painted counts, what is painted does not', async () => {
    const { queue, ask, paint } = queueWith({ waitingPerPerson: 2 });
    expect([await ask(), await ask()]).toEqual([undefined, undefined]);
    expect(await ask()).toMatchObject({ type: 'quota', quota: 'per person', limit: 2 });
    const claim = claimed(await queue.claimRender());
    expect(await ask()).toMatchObject({ quota: 'per person' });
    await queue.rendered(claim, painted);
    expect(await ask()).toBeUndefined();
    expect(await ask()).toMatchObject({ quota: 'per person' });
    await paint();
    expect(await ask()).toBeUndefined();
  });

  it('is each person’s own affair', async () => {
    const { ask } = queueWith({ waitingPerPerson: 1 });
    expect([await ask('ada'), await ask('bela'), await ask('cleo')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('says to come back when their first picture will be done', async () => {
    const { queue, ask } = queueWith({ waitingPerPerson: 2 });
    await ask('bela', 1000);
    await queue.rendered(claimed(await queue.claimRender()), painted, {
      device: 'cpu',
      costPerSecond: 2,
    });
    await ask('bela', 1000); // 500 s
    await queue.claimRender();
    await ask('ada', 800); // 400 s more
    await ask('ada', 800);
    expect(await ask('ada')).toMatchObject({ seconds: 900 });
  });
});

describe('how much a person may ask for in a day', () => {
  it('is limited over any 24 hours, and says when there is room again', async () => {
    const { clock, ask, paint } = queueWith({ perPersonAndDay: 2 });
    for (let i = 0; i < 2; i++) {
      expect(await ask()).toBeUndefined();
      await paint();
      clock.time += HOUR_MS;
    }
    expect(await ask()).toEqual({ type: 'quota', quota: 'per day', limit: 2, seconds: 22 * 3600 });
    expect(await ask('bela')).toBeUndefined();
    clock.time += 22 * HOUR_MS - 1;
    expect(await ask()).toMatchObject({ quota: 'per day' });
    clock.time += 1;
    expect(await ask()).toBeUndefined();
    expect(await ask()).toMatchObject({ quota: 'per day', seconds: 3600 });
  });

  it('does not count what a clock that was ahead has written down', async () => {
    const { clock, ask, paint } = queueWith({ perPersonAndDay: 2 });
    const now = clock.time;
    clock.time += 4 * 365 * 24 * HOUR_MS;
    for (let i = 0; i < 2; i++) {
      await ask();
      await paint();
    }
    expect(await ask()).toMatchObject({ quota: 'per day' });
    clock.time = now;
    expect(await ask()).toBeUndefined();
  });

  it('does not count what was refused', async () => {
    const { queue, ask } = queueWith({ perPersonAndDay: 1 });
    for (let i = 0; i < 5; i++)
      await queue.admit('here', mentionOf(`r${i}`), { refusal: { type: 'no pictures' } });
    expect(await ask()).toBeUndefined();
  });
});

it('the whole line is limited, whoever asks', async () => {
  const { ask, paint } = queueWith({ waiting: 3 });
  expect([await ask('a'), await ask('b'), await ask('c')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(await ask('d')).toMatchObject({ quota: 'of everybody', limit: 3 });
  await paint();
  expect(await ask('d')).toBeUndefined();
});

describe('words', () => {
  it('are enough after twenty in a day, or two programs would answer each other for ever', async () => {
    const { queue, clock, ask } = queueWith({ perPersonAndDay: 1 });
    expect(await ask()).toBeUndefined();
    const outcomes: Awaited<ReturnType<typeof queue.admit>>[] = [];
    for (let i = 0; i < 30; i++)
      outcomes.push(
        await queue.admit('here', mentionOf(`r${i}`), { refusal: { type: 'no pictures' } }),
      );
    expect(outcomes.filter((outcome) => outcome && 'refusal' in outcome)).toHaveLength(20);
    expect(outcomes.at(-1)).toEqual({ talk: true });
    expect(await ask(), 'quotas, too, are words').toBeUndefined();
    expect(
      await queue.admit('here', mentionOf('other', 'bela'), { refusal: { type: 'no pictures' } }),
    ).toEqual({
      refusal: { type: 'no pictures' },
    });
    clock.time += 24 * HOUR_MS + 1;
    expect(await ask()).toBeUndefined();
    expect(await ask()).toMatchObject({ quota: 'per day' });
  });

  it('do not count when somebody removes many pictures of theirs', async () => {
    const { queue } = queueWith({});
    for (let i = 0; i < 30; i++) {
      await queue.admit('here', mentionOf(`d${i}`), { removal: `${i}` });
      await queue.answered(claimed(await queue.claimReply()), undefined);
    }
    expect(
      await queue.admit('here', mentionOf('r'), { refusal: { type: 'no pictures' } }),
    ).toHaveProperty('refusal');
  });
});

it('a refusal is answered at once and takes nobody’s place', async () => {
  const { queue, ask } = queueWith({ waitingPerPerson: 1 });
  await ask();
  const refusal = await ask();
  expect(claimed(await queue.claimReply()).answer).toEqual({ type: 'refused', refusal });
  expect((await queue.pending()).filter(({ state }) => state === 'queued')).toHaveLength(1);
});

it('no order of asking and painting exceeds a quota, nor is anything refused within them', async () => {
  const quotas = { waiting: 5, waitingPerPerson: 2, perPersonAndDay: 4 };
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('ada', 'bela', 'cleo', 'dora') },
    { weight: 1, arbitrary: fc.constantFrom('paint' as const, 'an hour' as const) },
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
    const { queue, clock, ask } = queueWith(quotas);
    const waiting: string[] = [];
    const taken: { readonly person: string; readonly at: number }[] = [];
    for (const step of steps)
      if (step === 'an hour') clock.time += HOUR_MS;
      else if (step === 'paint') {
        const claim = await queue.claimRender();
        if (claim === undefined) continue;
        waiting.splice(waiting.indexOf(claim.mention.author.id), 1);
        await queue.rendered(claim, painted);
      } else {
        const today = taken.filter(
          ({ person, at }) => person === step && at > clock.time - 24 * HOUR_MS,
        );
        const expected =
          today.length >= quotas.perPersonAndDay ||
          waiting.filter((person) => person === step).length >= quotas.waitingPerPerson ||
          waiting.length >= quotas.waiting;
        expect((await ask(step)) !== undefined).toBe(expected);
        if (expected) continue;
        waiting.push(step);
        taken.push({ person: step, at: clock.time });
      }
  });
  await fc.assert(property, { numRuns: queueRounds(20, 60) });
});
