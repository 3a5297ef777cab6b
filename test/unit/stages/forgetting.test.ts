import { expect, it, vi } from 'vitest';
import { createLog } from '../../../src/log.js';
import { forgetStage } from '../../../src/stages/forgetting.js';
import { mentionOf } from '../../support/fixtures.js';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { claimed, Clock, newPlace, queueAt } from '../../support/queue.js';

const HOUR_MS = 3_600_000;

/** A queue with one answered request, which a clock has written down that is `aheadMs` ahead. */
async function answered(aheadMs: number) {
  const clock = new Clock();
  clock.time = Date.now() + aheadMs;
  const queue = queueAt(newPlace(), clock.now);
  await queue.admit('here', mentionOf('1'), { refusal: { type: 'no pictures' } });
  await queue.answered(claimed(await queue.claimReply()), 'reply');
  const changedAt = async () =>
    (await queue.database.get<{ readonly at: number }>('SELECT changed_at AS at FROM requests'))
      ?.at;
  const mention = async () =>
    (await queue.database.get<{ readonly mention: unknown }>('SELECT mention FROM requests'))
      ?.mention;
  /** One sweep; the next would come after an hour. */
  const sweep = async (until: () => Promise<void>) => {
    const end = new AbortController();
    const log = createLog('silent');
    const options = { queue, pictures: new MemoryPictures(), keepMs: HOUR_MS, log };
    const running = forgetStage(options, end.signal);
    await vi.waitFor(until);
    end.abort();
    await running;
  };
  return { changedAt, mention, sweep };
}

it('what was answered longer ago than it is kept is forgotten', async () => {
  const { mention, sweep } = await answered(-2 * HOUR_MS);
  expect(await mention()).not.toBeNull();
  await sweep(async () => expect(await mention()).toBeNull());
});

it('what a clock that was years ahead has written down counts as of now', async () => {
  const { changedAt, sweep } = await answered(10 * 365 * 24 * HOUR_MS);
  await sweep(async () => expect(await changedAt()).toBeLessThanOrEqual(Date.now()));
});
