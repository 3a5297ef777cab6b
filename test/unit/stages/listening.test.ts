import { expect, it, vi } from 'vitest';
import { createLog } from '../../../src/log.js';
import { Metrics } from '../../../src/metrics.js';
import { BudgetSpent } from '../../../src/platforms/port.js';
import { requestFor, shown } from '../../../src/queue/desk.js';
import { keepLetter, putLetterOff } from '../../../src/queue/inbox.js';
import { listenToAll } from '../../../src/stages/listening.js';
import { mentionOf, picture } from '../../support/fixtures.js';
import { MemoryPlatform } from '../../support/platform.js';
import { newPlace, queueAt } from '../../support/queue.js';

it('a mention waits until the post above may be read again, however often it has been asked for', async () => {
  const queue = queueAt(newPlace());
  const { database } = queue;
  const platform = new MemoryPlatform();
  const photo = mentionOf('1', 'ada', { attachments: [picture] });
  const until = new Date(Date.now() + 1000);
  platform.parentOf = () =>
    Date.now() < until.getTime()
      ? Promise.reject(new BudgetSpent('reads', until))
      : Promise.resolve(photo);
  const mention = mentionOf('2', 'ada', { attachments: [picture], inReplyTo: '1' });
  await keepLetter(database, platform.name, mention);
  for (let failures = 0; failures < 10; failures++)
    await putLetterOff(database, platform.name, mention.id, 0);
  const stop = new AbortController();
  const done = listenToAll(
    {
      platforms: [platform],
      queue,
      sizes: { usual: 512, max: 768 },
      collection: [],
      othersPictures: false,
      acknowledge: 'nothing',
      weights: {},
      metrics: new Metrics(() => Promise.resolve({})),
      log: createLog('silent'),
    },
    stop.signal,
  );
  const request = await vi.waitFor(async () => {
    const id = await requestFor(database, platform.name, mention.id);
    if (id === undefined) throw new Error('not admitted yet');
    return await shown(database, id);
  }, 10_000);
  stop.abort();
  await done;
  expect(request?.state, 'with both pictures, and not refused for having one').toBe('queued');
});
