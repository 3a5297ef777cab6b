import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBotProcess } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';
import { answerTo, pair } from '../support/scene.js';
import { prerequisites } from '../support/prerequisites.js';
import { runSnac2, type Snac2 } from '../support/snac2.js';
import { platformContract } from '../support/platforms/contract.js';
import { mastodonNetwork, somebody } from '../support/platforms/mastodon-network.js';
import { persistent } from '../support/platforms/persistent.js';

// snac2 has no stream, so the adapter asks every 6 s.
vi.mock('node:timers/promises', async (original) =>
  (await import('../support/short-waits.js')).shortWaits(await original()),
);

describe.skipIf(!prerequisites.snac2.isInstalled)('a real server of another make', () => {
  // One for all tests: it takes its seconds to deliver anything, and more to start.
  let server: Snac2;
  beforeAll(async () => {
    server = await runSnac2();
  });
  afterAll(() => server.close());

  platformContract('snac2', ['editing'], () => {
    const { bot, ...rest } = server;
    const username = 'pentimento';
    const network = mastodonNetwork({ ...rest, accessToken: bot.accessToken, username });
    // It ends connections without a word, now and then under the next request.
    const connect = () => persistent(network.connect());
    return Promise.resolve({ ...network, connect });
  });

  it('has a mention with two pictures answered in the thread, by the painted picture', async () => {
    const { url, bot, person } = server;
    const process = await startBotProcess(temporaryFolder(), {
      url,
      accessToken: bot.accessToken,
    });
    const rest = await person('ben');
    const pictures = (await pair()).map((data) => ({ data, description: 'a boat' }));
    const id = await somebody(rest).post('@pentimento please #strength80', { pictures });
    const answer = await answerTo({ rest, token: '' }, { id });
    expect(answer.content).toContain('strength 80');
    expect(answer.mediaAttachments).toMatchObject([
      { type: 'image', description: expect.stringContaining('repainted in the style') as string },
    ]);
    const { status, headers } = await fetch(answer.mediaAttachments[0]?.url ?? '');
    expect([status, headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(await process.end('SIGTERM')).toBe(0);
  });
});
