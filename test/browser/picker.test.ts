import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { imageSizeLimit } from '../../src/sandbox/pictures.js';
import { housePaintings, samplePhotos } from '../../src/collection.js';
import { temporaryFolder } from '../support/folder.js';
import { hasChromium, open, quit, runStudio } from '../support/web/harness.js';

afterAll(quit);

const text = Buffer.from('I am a text.');

/** The frames of the photo and the painting with all that belongs to them. */
const pickers = (page: Page) => ({
  photo: page.getByRole('group', { name: 'Photo', exact: true }),
  painting: page.getByRole('group', { name: 'Painting', exact: true }),
});

/** Large content goes by a file on the disk, or it would have to be sent to the browser. */
async function choose(picker: Locator, mimeType: string, buffer: Buffer): Promise<void> {
  const file = join(temporaryFolder(), 'file.png');
  if (buffer.length > 1e6) writeFileSync(file, buffer);
  const chosen = buffer.length > 1e6 ? file : { name: 'file', mimeType, buffer };
  await picker.getByLabel(/^Choose/).setInputFiles(chosen);
}

async function takeSample(picker: Locator): Promise<void> {
  await picker.getByRole('group').getByRole('button').first().click();
  await picker.getByRole('button', { name: /^Remove/ }).waitFor();
}

const plain = (format: 'png' | 'tiff') =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } })
    .toFormat(format)
    .toBuffer();

/** A picture that browsers show whatever it is called, and that the bot cannot read. */
function bitmap(): Buffer {
  const data = Buffer.alloc(58);
  data.write('BM');
  data.writeUInt32LE(58, 2); // bytes of the file
  data.writeUInt32LE(54, 10); // where the pixels begin
  data.writeUInt32LE(40, 14); // bytes of the header that follows
  data.writeInt32LE(1, 18); // width
  data.writeInt32LE(1, 22); // height
  data.writeUInt16LE(1, 26); // planes
  data.writeUInt16LE(24, 28); // bits of a pixel
  return data;
}

describe.skipIf(!hasChromium)('choosing a picture', () => {
  it.each([
    ['a text that is called a JPEG', 'image/jpeg', text, 'not a picture'],
    ['a text that is called a TIFF', 'image/tiff', text, 'not a picture'],
    ['an empty file', 'image/jpeg', Buffer.alloc(0), 'empty'],
    ['what is not even called a picture', 'text/plain', text, 'Please choose a JPEG'],
    ['too large a file', 'image/png', Buffer.alloc(imageSizeLimit + 1), 'at most 16 MB'],
  ])('refuses %s at once and in its place, and forgets that with the next', async (...given) => {
    const [, mimeType, buffer, sentence] = given;
    const { page } = await open(`${(await runStudio()).url}/sandbox`);
    const { photo, painting } = pickers(page);
    await choose(photo, mimeType, buffer);
    await photo.getByRole('alert').filter({ hasText: sentence }).waitFor();
    expect(await photo.getByRole('button', { name: 'Remove photo' }).isVisible()).toBe(false);
    expect(await photo.locator('.chosen').count()).toBe(0);
    expect(await painting.getByRole('alert').count()).toBe(0);
    await choose(photo, 'image/png', await plain('png'));
    await photo.getByRole('img', { name: 'The photo you have chosen' }).waitFor();
    expect(await photo.getByRole('alert').count()).toBe(0);
  });

  it('leaves the picture before in its place when the next one is refused', async () => {
    const { page } = await open(`${(await runStudio()).url}/sandbox`);
    const { photo } = pickers(page);
    await takeSample(photo);
    await choose(photo, 'image/jpeg', text);
    await photo.getByRole('alert').filter({ hasText: 'not a picture' }).waitFor();
    expect(await photo.getByRole('img', { name: 'The photo you have chosen' }).count()).toBe(1);
  });

  it.each(['image/tiff', 'image/jpeg'])(
    'takes a TIFF that is called %s, which the browser cannot show and the bot can read',
    async (mimeType) => {
      const studio = await runStudio();
      const { page, complaints } = await open(`${studio.url}/sandbox`);
      const { photo, painting } = pickers(page);
      await choose(photo, mimeType, await plain('tiff'));
      await photo.getByText('It can be painted').waitFor();
      await takeSample(painting);
      await page.getByLabel('Your name').fill('ada');
      await page.getByRole('button', { name: 'Paint it' }).click();
      const thread = page.getByRole('article', { name: 'Request by ada' });
      await thread.waitFor();
      expect(await thread.locator('img').count()).toBe(2);
      expect(await photo.locator('.chosen').count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  it('shows what the server refuses at the picture that it refuses', async () => {
    const { page } = await open(`${(await runStudio()).url}/sandbox`);
    const { photo, painting } = pickers(page);
    await takeSample(photo);
    await choose(painting, 'image/png', bitmap());
    await painting.getByLabel('Describe the painting').fill('A dot');
    await page.getByLabel('Your name').fill('ada');
    await page.getByRole('button', { name: 'Paint it' }).click();
    await painting.getByRole('alert').filter({ hasText: 'must be a JPEG' }).waitFor();
    expect(await page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(1);
    expect(await painting.locator('input:focus').count()).toBe(1);
    expect(await painting.getByLabel('Describe the painting').inputValue()).toBe('A dot');
    await takeSample(painting);
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.getByRole('article', { name: 'Request by ada' }).waitFor();
  });

  it('sends what was chosen last, also to who is quicker than their picture', async () => {
    const { page, context } = await open(`${(await runStudio()).url}/sandbox`);
    const { photo, painting } = pickers(page);
    await choose(photo, 'image/png', await plain('png'));
    await photo.getByRole('img', { name: 'The photo you have chosen' }).waitFor();
    await takeSample(painting);
    await page.getByLabel('Your name').fill('ada');
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    await context.route('**/samples/**', async (route) => {
      await arrived;
      await route.continue();
    });
    await photo.getByRole('group').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Paint it' }).click();
    arrive();
    const thread = page.getByRole('article', { name: 'Request by ada' });
    await thread.waitFor();
    const alt = await thread.locator('img').first().getAttribute('alt');
    expect(alt).toBe('A wall in the evening sun');
  });

  it('forgets the error of the whole form with the next choice', async () => {
    const { page, context } = await open(`${(await runStudio()).url}/sandbox`);
    const { photo, painting } = pickers(page);
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Your name').press('Tab');
    await page.getByText('You post as @ada.').waitFor();
    await takeSample(photo);
    await takeSample(painting);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Paint it' }).click();
    const error = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
    await error.waitFor();
    await context.setOffline(false);
    await photo.getByRole('button', { name: 'Remove photo' }).click();
    await error.waitFor({ state: 'detached' });
    expect(await photo.locator('input:focus').count()).toBe(1);
  });

  it.each([360, 1280])('shows all samples at once in a window of %i pixels', async (width) => {
    const samples = [...samplePhotos(), ...housePaintings()];
    const { url } = await runStudio({ samples });
    const { page } = await open(`${url}/sandbox`, { viewport: { width, height: 800 } });
    const { photo, painting } = pickers(page);
    for (const [picker, kind] of [
      [photo, 'photo'],
      [painting, 'painting'],
    ] as const) {
      const bounds = await boxOf(picker);
      const buttons = await picker.getByRole('group').getByRole('button').all();
      expect(buttons).toHaveLength(samples.filter((sample) => sample.kind === kind).length);
      for (const button of buttons) {
        const box = await boxOf(button);
        expect(box.x).toBeGreaterThanOrEqual(bounds.x);
        expect(box.x + box.width).toBeLessThanOrEqual(bounds.x + bounds.width);
        // WCAG 2.2, 2.5.8: what is to be hit is no smaller than this.
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(24);
      }
      await takeSample(picker);
      const remove = await boxOf(picker.getByRole('button', { name: `Remove ${kind}` }));
      const chosen = await boxOf(picker.locator('.chosen'));
      expect(remove.width * remove.height).toBeLessThan((chosen.width * chosen.height) / 10);
    }
  });
});

async function boxOf(element: Locator) {
  const box = await element.boundingBox();
  if (box === null) throw new Error('It is not to be seen.');
  return box;
}
