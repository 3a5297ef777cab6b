import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  beginSignIn,
  signOut,
  type MastodonAccount,
} from '../../src/platforms/mastodon/sign-in.js';
import { runSandbox } from '../support/sandbox.js';
import { startBotProcess } from '../support/bot-process.js';
import { letIn } from '../support/browser.js';
import { temporaryFolder } from '../support/folder.js';
import { answersTo, answerTo, patient } from '../support/scene.js';

it('one bot answers for several accounts, goes on when one is not let in any more, and ends with the last', async () => {
  const folder = temporaryFolder();
  const { url, person } = await runSandbox();
  const signIn = async (name: string): Promise<MastodonAccount> => {
    const { page, finish } = await beginSignIn(url);
    return finish(await letIn(page, name));
  };
  const [easel, brush] = [await signIn('easel'), await signIn('brush')];
  const file = join(folder, 'accounts.json');
  writeFileSync(file, JSON.stringify({ mastodon: [easel, brush] }), { mode: 0o600 });
  const ada = await person('ada');
  const say = (status: string) => ada.rest.v1.statuses.create({ status });

  const bot = await startBotProcess(folder);
  expect(bot.output()).toContain(`Listening as ${easel.address.split(':')[0] ?? ''}, `);
  const both = await say('@easel @brush hello');
  for (const name of ['easel', 'brush']) await answerTo(ada, both, name);

  await signOut(easel);
  await vi.waitFor(
    () =>
      expect(bot.output()).toMatch(
        /"level":60.*"platform":"mastodon:easel@[^"]+".*the server does not let this account in/,
      ),
    patient,
  );
  const later = await say('@easel @brush are you there?');
  await answerTo(ada, later, 'brush');
  expect(await answersTo(ada, later, 'easel')).toEqual([]);
  expect(await answersTo(ada, both, 'brush')).toHaveLength(1);

  await signOut(brush);
  expect(await bot.ended()).toBe(1);
  const lines = bot.output().split('does not let this account in any more').length - 1;
  expect(lines, 'said once for each, and not over and over').toBeLessThanOrEqual(3);
});
