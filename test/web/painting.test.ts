import type { Page } from 'playwright-core';
import { afterAll, describe, it } from 'vitest';
import { runCounter } from './counter.js';
import { hasChromium, open, quit } from './harness.js';
import { painter } from './painter.js';

afterAll(quit);

/** Asks for a picture as a person does, and comes to its page. */
async function ask(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /^Lily leek/ }).check({ force: true });
  await page.getByRole('radio', { name: /Autumn harbor/ }).check({ force: true });
  await page.getByRole('button', { name: 'Paint it' }).click();
  await page.waitForURL('**/paintings/*');
}

describe.skipIf(!hasChromium)('the page of a picture', () => {
  it('comes back after a proxy has said that the bot is not there', async () => {
    const counter = await runCounter();
    const { page } = await open(counter.url);
    await page.route('**/events', (route) => route.fulfill({ status: 502 }), { times: 1 });
    await ask(page);
    await page.getByText('The connection is lost').waitFor();
    await painter(counter).paintAll();
    await page.locator('#render[data-state=painted]').waitFor();
  });
});
