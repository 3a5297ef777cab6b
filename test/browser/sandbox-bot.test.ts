import { afterAll, describe, expect, it } from 'vitest';
import { startBotProcess } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';
import { hasChromium, open, quit } from '../support/web/harness.js';

afterAll(quit);

const patient = { timeout: 90_000 };

describe.skipIf(!hasChromium)('the sandbox’s page with the real bot behind it', () => {
  it('takes two sample pictures and shows the painted answer, which a restart keeps', async () => {
    const folder = temporaryFolder();
    const bot = await startBotProcess(folder);
    const { page, complaints } = await open(`${bot.url}/sandbox`);
    await page.getByLabel('Your name').fill('ada');
    await page.getByRole('group', { name: 'Sample photos' }).getByRole('button').first().click();
    await page
      .getByRole('group', { name: 'Sample paintings' })
      .getByRole('button', { name: 'Ploughland' })
      .click();
    await page.getByLabel('Message to @pentimento').fill('#strength75 please');
    await page.getByRole('button', { name: 'Remove painting' }).waitFor();
    await page.getByRole('button', { name: 'Paint it' }).click();

    const thread = page.getByRole('article', { name: 'Request by ada' });
    await thread.getByText(/^painting \d+ %$/).waitFor(patient);
    const answer = thread.locator('.status.answer');
    await answer.getByText('strength 75').waitFor(patient);
    const painted = answer.getByRole('img', { name: /repainted in the style of/ });
    const src = new URL((await painted.getAttribute('src')) ?? '', bot.url);
    expect((await fetch(src)).headers.get('Content-Type')).toBe('image/jpeg');
    await thread.getByText('done', { exact: true }).waitFor();
    expect(complaints).toEqual([]);

    expect(await bot.end('SIGTERM')).toBe(0);
    const again = await startBotProcess(folder);
    const later = await open(`${again.url}/sandbox`);
    await later.page
      .getByRole('article', { name: 'Request by ada' })
      .getByRole('img', { name: /repainted in the style of/ })
      .waitFor();
  });
});
