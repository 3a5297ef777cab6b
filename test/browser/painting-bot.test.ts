import axe from 'axe-core';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ours, startBotProcess } from '../support/bot-process.js';
import { temporaryFolder } from '../support/folder.js';
import { midRender, patient } from '../support/scene.js';
import { hasChromium, open, quit } from '../support/web/harness.js';

afterAll(quit);

/** Whole pictures are painted here, on machines that may be busy. */
vi.setConfig({ testTimeout: 240_000 });

const picture = (background: string) =>
  sharp({ create: { width: 160, height: 120, channels: 3, background } })
    .png()
    .toBuffer();

/** A picture that takes long enough to be met in the middle of it. */
const LONG = { size: '256', quality: 'normal' };
const QUICK = { size: '64', quality: 'draft' };

/** Fills in the form as a person does, and sends it. */
async function ask(page: Page, url: string, { size, quality } = QUICK, path = '/'): Promise<void> {
  await page.goto(url + path);
  await page.getByRole('radio', { name: /^Lily leek/ }).check({ force: true });
  if (path === '/') await page.getByRole('radio', { name: /Autumn harbor/ }).check({ force: true });
  await page.locator('summary', { hasText: 'colors and more' }).click();
  await page.getByLabel(/^Size/).fill(size);
  await page.getByRole('radio', { name: quality, exact: true }).check({ force: true });
  await page.getByRole('button', { name: /^(Paint|Dream) it$/ }).click();
  await page.waitForURL('**/paintings/*');
}

const isPainted = (page: Page) =>
  page.locator('#render[data-state=painted]').waitFor({ timeout: 100_000 });
const isPainting = (page: Page) =>
  page.locator('#render[data-state=painting] #sketch[src*=sketch]').waitFor({ timeout: 100_000 });

/** What axe-core finds that keeps somebody from using the page. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) =>
       [impact, id, ...nodes.map(({ target }) => target.join(' '))].join(' ')))`,
  );
}

describe.skipIf(!hasChromium)('the page, with the real bot behind it', () => {
  it('paints, shows how it comes along in two windows and after a reload, and gives the picture', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page, context, complaints } = await open(bot.url);
    await ask(page, bot.url, LONG);
    await isPainting(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await isPainting(other);
    await page.reload();
    await isPainting(page);
    expect(await barriers(page)).toEqual([]);
    expect(await page.getByRole('progressbar').getAttribute('value')).toMatch(/^\d+$/);
    for (const each of [page, other]) await isPainted(each);
    await expect.poll(() => page.locator('#announcer').textContent(), patient).toMatch(/painted/);

    const picture = page.getByRole('img', { name: /repainted in the style of/ });
    const src = (await picture.getAttribute('src')) ?? '';
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    const file = await (await download).path();
    const { format, width, height } = await sharp(file).metadata();
    expect([format, Math.max(width, height)]).toEqual(['jpeg', 256]);
    // It is one's own alone: without the session it is not there.
    expect((await fetch(new URL(src, bot.url))).status).toBe(404);

    const slider = page.getByRole('slider', { name: /photo covers/ });
    await slider.focus();
    await page.keyboard.press('End');
    const split = await page.evaluate<string>(
      `getComputedStyle(document.querySelector('.compare')).getPropertyValue('--split')`,
    );
    expect(split).toBe('100%');
    expect(await barriers(page)).toEqual([]);

    // Again, in another manner, without choosing the photo again.
    await page.getByRole('link', { name: /^Again/ }).click();
    await page.getByRole('radio', { name: /Ploughland/ }).check({ force: true });
    await page.getByText('Brush, size, colors').click();
    await page.getByLabel(/^Size/).fill('64');
    await page.getByRole('radio', { name: 'draft', exact: true }).check({ force: true });
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.waitForURL((url) => /paintings\/[\w-]{22}$/.test(url.pathname));
    await isPainted(page);
    await page.getByRole('heading', { name: /after “Ploughland”/ }).waitFor();
    await page.goto(bot.url);
    await expect.poll(() => page.locator('.shelf li').count()).toBe(2);

    // Deleted, it is gone for good.
    await other.getByRole('button', { name: 'Delete it' }).click();
    await other.waitForURL(`${bot.url}/`);
    expect((await page.request.get(new URL(src, bot.url).href)).status()).toBe(404);
    expect(complaints).toEqual([]);
  });

  it('can be stopped, and a page that stays open outlives a crash in the middle of a picture', async () => {
    const folder = temporaryFolder();
    const bot = await startBotProcess(folder);
    const { page } = await open(bot.url);
    await ask(page, bot.url, LONG);
    await isPainting(page);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('heading', { name: 'Taken out of the line' }).waitFor();
    expect(await barriers(page)).toEqual([]);

    await ask(page, bot.url, LONG);
    await midRender(bot);
    expect(await bot.end('SIGKILL')).toBe('SIGKILL');
    await page.getByText('The connection is lost').waitFor();
    const env = { PENTIMENTO_PORT: new URL(bot.url).port };
    await startBotProcess(folder, undefined, undefined, { ...ours, env });
    // Nobody touches the page.
    await isPainted(page);
    await page.getByRole('img', { name: /repainted in the style of/ }).waitFor();
    expect(await page.getByText('The connection is lost').count()).toBe(0);
  });

  it('dreams, and hangs in the gallery what may hang there', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page, complaints } = await open(`${bot.url}/gallery`);
    await page.getByText('The walls are still bare').waitFor();
    await ask(page, bot.url, QUICK, '/dream');
    await isPainted(page);
    await page.getByRole('heading', { name: 'A dream' }).waitFor();
    await page.goto(`${bot.url}/dream`);
    await page.getByRole('radio', { name: /^Alpine/ }).check({ force: true });
    await page.getByLabel(/Hang it in the gallery/).check();
    expect(await page.getByText('how much painting').count()).toBe(0);
    await page.getByText('Size, colors and more').click();
    await page.getByLabel(/^Size/).fill('64');
    await page.getByRole('button', { name: 'Dream it' }).click();
    await isPainted(page);
    await page.goto(`${bot.url}/gallery`);
    expect(await barriers(page)).toEqual([]);
    const hung = page.getByRole('main').getByRole('img');
    expect(await hung.count()).toBe(1);
    expect(await hung.getAttribute('alt')).toMatch(/snowy mountains/);
    await expect
      .poll(() => page.evaluate<number>(`document.querySelector('main img').naturalWidth`))
      .toBe(64);
    expect(complaints).toEqual([]);
  });

  it('works without a script, with files of one’s own', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page } = await open(bot.url, { javaScriptEnabled: false });
    const [photo, painting] = [await picture('teal'), await picture('orange')];
    const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer });
    // A picture that is also a program: what is shown is what the worker has made of it.
    const program = Buffer.concat([photo, Buffer.from('<script>alert(1)</script>')]);
    await page.locator('#photo').setInputFiles(file('photo.png', program));
    await page.locator('#style').setInputFiles(file('painting.png', painting));
    await page.getByText('Brush, size, colors').click();
    await page.getByLabel(/^Size/).fill('64');
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.waitForURL('**/paintings/*');
    // The page looks again by itself.
    await isPainted(page);
    await page.getByRole('img', { name: /repainted/ }).waitFor();
    const shown = await page.request.get(`${page.url()}/photo`);
    expect(shown.headers()['content-type']).toBe('image/jpeg');
    expect((await shown.body()).toString('latin1')).not.toContain('script');
    await page.goto(bot.url);
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.getByText('A photo is needed').waitFor();
  });

  it('says in a sentence what did not work out', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page } = await open(`${bot.url}/dream`);
    const speck = await sharp({ create: { width: 8, height: 6, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const buffer = Buffer.from(speck);
    await page
      .locator('#photo')
      .setInputFiles({ name: 'speck.png', mimeType: 'image/png', buffer });
    await page.getByRole('button', { name: 'Dream it' }).click();
    await page.getByRole('heading', { name: 'This did not work out' }).waitFor();
    await page.getByText('too small').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  it('works with the keyboard alone', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page } = await open(bot.url);
    const tabTo = async (selector: string) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const isThere = await page.evaluate<boolean>(
          `document.activeElement?.matches(${JSON.stringify(selector)})`,
        );
        if (isThere) return;
      }
      throw new Error(`the keyboard does not reach ${selector}`);
    };
    await tabTo('.skip');
    await page.keyboard.press('Enter');
    await tabTo('input[name=sample]');
    await page.keyboard.press('Space');
    await tabTo('input[name=style][type=radio]');
    await page.keyboard.press('ArrowRight');
    await tabTo('#setting-strength');
    await page.keyboard.press('End');
    expect(await page.locator('output[for=setting-strength]').textContent()).toBe('100 %');
    await tabTo('summary');
    await page.keyboard.press('Enter');
    await tabTo('#setting-size');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('64');
    await tabTo('button[type=submit]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/paintings/*');
    await isPainted(page);
    await page.getByRole('heading', { name: /Lavender river/ }).waitFor();
  });
});

describe.skipIf(!hasChromium)('every page', () => {
  it('keeps nobody out, says nothing wrong, fits its window, and stands still', async () => {
    const bot = await startBotProcess(temporaryFolder());
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [390, 1280]) {
        const { page, complaints } = await open('about:blank', {
          viewport: { width, height: 900 },
          colorScheme,
        });
        await page.addInitScript(
          `window.shifted = 0; new PerformanceObserver((list) => {
             for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
           }).observe({ type: 'layout-shift', buffered: true });`,
        );
        for (const path of ['/', '/dream', '/gallery', '/status', '/help', '/sandbox']) {
          await page.goto(bot.url + path);
          if (path === '/sandbox') await page.locator('#room[aria-busy=false]').waitFor();
          expect(await barriers(page), `${path} ${width} ${colorScheme}`).toEqual([]);
          const overflow = await page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect(overflow, `${path} ${width}`).toBe(0);
          expect(await page.evaluate<number>('window.shifted'), path).toBeLessThan(0.05);
        }
        expect(complaints).toEqual([]);
      }
  });

  it('that one sees first weighs less than 100 kB, pictures included', async () => {
    const bot = await startBotProcess(temporaryFolder());
    for (const width of [390, 1280]) {
      const { page, context } = await open('about:blank', { viewport: { width, height: 900 } });
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      let bytes = 0;
      session.on(
        'Network.loadingFinished',
        ({ encodedDataLength }) => (bytes += encodedDataLength),
      );
      await page.goto(bot.url, { waitUntil: 'networkidle' });
      expect(bytes).toBeGreaterThan(20_000);
      expect(bytes).toBeLessThan(100_000);
    }
  });

  it('that changes something takes only its own forms', async () => {
    const bot = await startBotProcess(temporaryFolder());
    const { page } = await open(bot.url);
    await ask(page, bot.url);
    const url = page.url();
    for (const form of [{ csrf: 'x' }, {}])
      for (const path of ['/cancel', '/delete'])
        expect((await page.request.post(url + path, { form })).status()).toBe(403);
    const photo = await picture('teal');
    const multipart = {
      csrf: 'x',
      photo: { name: 'a.png', mimeType: 'image/png', buffer: photo },
      style: 'harbor',
    };
    expect((await page.request.post(bot.url, { multipart })).status()).toBe(400);
    const foreign = { Origin: 'https://elsewhere.example' };
    expect((await page.request.post(bot.url, { multipart, headers: foreign })).status()).toBe(403);
    await isPainted(page);
  });
});
