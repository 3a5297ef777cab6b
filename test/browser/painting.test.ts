import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { WEB } from '../../src/platforms/web/platform.js';
import { askedIn } from '../../src/queue/desk.js';
import { temporaryFolder } from '../support/folder.js';
import { options as generous } from '../support/queue.js';
import { runCounter } from '../support/web/counter.js';
import { hasChromium, open, quit } from '../support/web/harness.js';
import { painter } from '../support/web/painter.js';
import { visitorAt } from '../support/web/visitor.js';

afterAll(quit);

/** Asks for a picture as a person does, and comes to its page. */
async function ask(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /^Lily leek/ }).check({ force: true });
  await page.getByRole('radio', { name: /Autumn harbor/ }).check({ force: true });
  await page.getByRole('button', { name: 'Paint it' }).click();
  await page.waitForURL('**/paintings/*');
}

/** Something that one part of a test waits for, and another brings about. */
function signal() {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { give, given };
}

describe.skipIf(!hasChromium)('the page to paint', () => {
  it.each([
    ['a text that is called a JPEG', 12, 'not a picture'],
    ['too large a file', 16e6 + 1, 'at most 16 MB'],
  ])('refuses %s before it is sent', async (_, bytes, sentence) => {
    const { page } = await open((await runCounter()).url);
    const file = join(temporaryFolder(), 'a.jpg');
    writeFileSync(file, 'I am a text.');
    truncateSync(file, bytes);
    await page.locator('#photo').setInputFiles(file);
    await page.locator('#photo-problem').filter({ hasText: sentence }).waitFor();
    expect(await page.locator('#photo').inputValue()).toBe('');
  });

  it('says of a picture that the browser cannot show that it can be painted', async () => {
    const { page, complaints } = await open((await runCounter()).url);
    const create = { width: 40, height: 30, channels: 3, background: 'teal' } as const;
    const buffer = await sharp({ create }).tiff().toBuffer();
    await page.locator('#photo').setInputFiles({ name: 'a.tif', mimeType: 'image/tiff', buffer });
    await page.getByText('It can be painted').waitFor();
    await page.getByRole('radio', { name: /^Lily leek/ }).check({ force: true });
    expect(await page.getByText('It can be painted').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('forgets what was missing as soon as something is chosen', async () => {
    const { page } = await open((await runCounter()).url);
    await page.getByRole('radio', { name: /Autumn harbor/ }).check({ force: true });
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.getByRole('alert').filter({ hasText: 'A photo is needed' }).waitFor();
    // The answer is another page, whose script may come after its words.
    await page.locator('html.scripted').waitFor();
    await page.getByRole('radio', { name: /^Lily leek/ }).check({ force: true });
    await expect.poll(() => page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0);
  });
});

describe.skipIf(!hasChromium)('the page of a picture', () => {
  it('comes back after a proxy has said that the bot is not there', async () => {
    const counter = await runCounter();
    const { page } = await open(counter.url);
    await page.route('**/events', (route) => route.fulfill({ status: 502 }), { times: 1 });
    await ask(page);
    await page.getByText('The connection is lost').waitFor();
    await painter(counter).paintAll();
    await page.locator('#render[data-state=painted]').waitFor();
    await expect.poll(() => page.getByText('The connection is lost').isVisible()).toBe(false);
  });

  it('shows the picture, also if it is painted while the page asks how it is coming along', async () => {
    const counter = await runCounter();
    const { page } = await open(counter.url);
    await ask(page);
    await page.getByText('Yours is next').waitFor();
    const asked = signal();
    const painted = signal();
    await page.route(
      page.url(),
      async (route) => {
        const response = await route.fetch();
        asked.give();
        await painted.given;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    const { finish } = await painter(counter).begin();
    await asked.given;
    await finish();
    await page.waitForTimeout(500); // until the page has heard of it
    painted.give();
    await page.locator('#render[data-state=painted]').waitFor();
    expect(await page.getByRole('img', { name: /repainted/ }).count()).toBe(1);
  });
});

describe('the same photo once more', () => {
  it('is described as it was, unless something else is said of it', async () => {
    const { url, queue } = await runCounter();
    const { ask } = await visitorAt(url);
    const description = async (id: string) =>
      (await askedIn(queue.database, WEB, id))?.asked?.request?.content.description;
    const first = await ask({ sample: '0', style: 'harbor', description: 'A lily' });
    expect(await description(first)).toBe('A lily');
    expect(await description(await ask({ again: first, style: 'lavender' }))).toBe('A lily');
    expect(await description(await ask({ again: first, description: 'A leek' }))).toBe('A leek');
    expect(await description(await ask({ again: first, sample: '1' }))).not.toBe('A lily');
  });
});

describe('the address of a picture that is not there, or is somebody else’s', () => {
  it('leads to a page for people, which says so', async () => {
    const { url } = await runCounter();
    for (const path of ['', '/again']) {
      const response = await fetch(`${url}/paintings/AAAAAAAAAAAAAAAAAAAAAA${path}`);
      expect([response.status, response.headers.get('Content-Type')]).toEqual([
        404,
        'text/html; charset=UTF-8',
      ]);
      expect(await response.text()).toContain('There is no such picture');
    }
  });
});

describe('a form that is refused', () => {
  const chosen = {
    description: 'A lily & a "leek"',
    strength: '85',
    scale: '150',
    colors: 'keep',
    seed: '7',
    style: 'lavender',
    effect: 'variations',
    visibility: 'public',
  };
  /** What is chosen on a page, as a browser would send it. */
  const chosenOn = async (response: Response) => {
    const inputs = [...(await response.text()).matchAll(/<input\b[^>]*>/g)].map(([input]) => input);
    const attribute = (input: string, name: string) =>
      (new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? '')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&');
    const isSent = (input: string) =>
      !/type="(radio|checkbox|file)"/.test(input) || /\schecked\b/.test(input);
    return Object.fromEntries(
      inputs.filter(isSent).map((input) => [attribute(input, 'name'), attribute(input, 'value')]),
    );
  };

  it.each([
    ['no photo', 422, {}],
    ['a photo too large, before all that is chosen', 413, { photo: new Blob(['a'.repeat(2e6)]) }],
    ['a size that is none', 422, { sample: '1', size: '12' }],
  ] as const)('keeps all that was chosen: %s', async (_, status, more) => {
    const { url } = await runCounter();
    const { send } = await visitorAt(url);
    const response = await send({ ...more, ...chosen });
    expect(response.status).toBe(status);
    const { photo: _photo, ...kept } = { photo: undefined, ...more };
    expect(await chosenOn(response)).toMatchObject({ ...chosen, ...kept });
  });

  it('keeps it also where the form need not have been read, and what it goes on from', async () => {
    const quotas = { ...generous.quotas, waitingPerPerson: 1 };
    const { url } = await runCounter({ quotas });
    const { ask, send } = await visitorAt(url);
    const again = await ask({ sample: '0', style: 'harbor' });
    const response = await send({ again, photo: new Blob(['picture']), ...chosen });
    expect(response.status).toBe(429);
    expect(await chosenOn(response)).toMatchObject({ again, ...chosen });
  });

  it('keeps nothing of a form that is not ours', async () => {
    const { url } = await runCounter();
    const { send } = await visitorAt(url);
    const response = await send({ csrf: 'x', ...chosen });
    expect(response.status).toBe(400);
    expect(await chosenOn(response)).toMatchObject({ description: '', strength: '50' });
  });
});
