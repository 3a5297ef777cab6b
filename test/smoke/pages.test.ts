import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { startBotProcess } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';
import { hasChromium, open, quit } from '../support/web/harness.js';

afterAll(quit);

const patient = { timeout: 45_000 };

describe.skipIf(!hasChromium)('the pages, with the real bot behind them', () => {
  it('paint a sample, and answer a mention in the sandbox', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page, complaints } = await open(bot.url);
    await page.getByRole('radio', { name: /^Lily leek/ }).check({ force: true });
    await page.getByRole('radio', { name: /Autumn harbor/ }).check({ force: true });
    await page.locator('summary', { hasText: 'colors and more' }).click();
    await page.getByLabel(/^Size/).fill('64');
    await page.getByRole('radio', { name: 'draft', exact: true }).check({ force: true });
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.waitForURL('**/paintings/*');
    await page.locator('#render[data-state=painted]').waitFor(patient);
    const painted = page.getByRole('img', { name: /repainted in the style of/ });
    const src = new URL((await painted.getAttribute('src')) ?? '', bot.url).href;
    const { height } = await sharp(await (await page.request.get(src)).body()).metadata();
    expect(height).toBe(64);

    await page.goto(`${bot.url}/sandbox`);
    await page.getByLabel('Your name').fill('ada');
    await page.getByRole('group', { name: 'Sample photos' }).getByRole('button').first().click();
    const paintings = page.getByRole('group', { name: 'Sample paintings' });
    await paintings.getByRole('button', { name: 'Ploughland' }).click();
    await page.getByLabel('Message to @pentimento').fill('#strength75 #draft please');
    await page.getByRole('button', { name: 'Remove painting' }).waitFor();
    await page.getByRole('button', { name: 'Paint it' }).click();
    const answer = page.getByRole('article', { name: 'Request by ada' }).locator('.status.answer');
    await answer.getByText('strength 75').waitFor(patient);
    await answer.getByRole('img', { name: /repainted in the style of/ }).waitFor();
    expect(complaints).toEqual([]);
  });
});
