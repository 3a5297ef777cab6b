import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { parameterNames, parameterOf, parameters } from '../../src/requests/parameters.js';
import {
  answer,
  hasChromium,
  open,
  personAt,
  quit,
  runStudio,
  type Studio,
} from '../support/web/harness.js';

/** The machine may be busy; only a wrong answer is a failure. */
const patient = { timeout: 15_000 };

afterAll(quit);

/** Fills in the form with the samples and sends it; gives what the bot is told of it. */
async function ask(page: Page, { bot }: Studio, name = 'ada') {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('group', { name: 'Sample photos' }).getByRole('button').first().click();
  await page.getByRole('group', { name: 'Sample paintings' }).getByRole('button').first().click();
  await page.getByRole('button', { name: 'Remove painting' }).waitFor();
  await page.getByRole('button', { name: 'Remove photo' }).waitFor();
  await page.getByRole('button', { name: 'Paint it' }).click();
  return mentionFrom(bot, name);
}

async function mentionFrom(bot: Studio['bot'], name: string) {
  return vi.waitFor(
    async () => {
      const [notification] = await bot.v1.notifications.list({ types: ['mention'] });
      if (notification?.status?.account.username !== name) throw new Error('no mention yet');
      return notification.status;
    },
    { timeout: 15_000 },
  );
}

describe.skipIf(!hasChromium)('the page', () => {
  it('takes a request, shows how it comes along, hangs the answer, and takes a reply to it', async () => {
    const studio = await runStudio();
    const { page, complaints } = await open(`${studio.url}/sandbox`);
    await page.getByText('The wall is still bare').waitFor();
    const mention = await ask(page, studio);
    expect(mention.content).toContain('strength60');
    expect(mention.mediaAttachments.map((media) => media.description)).toEqual([
      'A wall in the evening sun',
      'A study in red',
    ]);
    const thread = page.getByRole('article', { name: 'Request by ada' });
    await thread.getByText('sent, not seen by the bot yet').waitFor();
    await expect.poll(() => thread.locator('img').count(), patient).toBe(2);

    studio.feed.say({ mention: mention.id, state: 'queued', ahead: 2 });
    await thread.getByText('queued, 2 ahead').waitFor();
    studio.feed.say({ mention: mention.id, state: 'painting', progress: 0.634 });
    await thread.getByText('painting 63 %', { exact: true }).waitFor();
    const bar = thread.getByRole('progressbar', { name: 'Progress of the painting' });
    expect(await bar.getAttribute('value')).toBe('63');
    await expect
      .poll(() => page.locator('#announcer').textContent(), patient)
      .toMatch(/painting 63/);
    // Refusals come this way too.
    studio.feed.say({ mention: mention.id, state: 'replying' });
    await thread.getByText('the answer is on its way', { exact: true }).waitFor();

    await answer(studio.bot, mention, 'A wall, all in blue strokes');
    const painting = thread.getByRole('img', { name: 'A wall, all in blue strokes' });
    await painting.waitFor();
    studio.feed.say({ mention: mention.id, state: 'answered' });
    await thread.getByText('done').waitFor();
    expect(await bar.isVisible()).toBe(false);
    expect(await thread.getByText('A wall, all in blue strokes').isVisible()).toBe(true);

    await thread.getByLabel('Reply to @pentimento').fill('#strength90');
    await thread.getByRole('button', { name: 'Reply' }).click();
    const reply = await vi.waitFor(async () => {
      const [newest] = await studio.bot.v1.notifications.list({ types: ['mention'] });
      expect(newest?.status?.content).toContain('strength90');
      return newest?.status;
    }, patient);
    expect(reply?.visibility).toBe('unlisted');
    await thread.getByText('#strength90').waitFor();

    const favourite = thread.locator('.answer').getByRole('button', { name: /Favorite/ });
    await favourite.click();
    await expect.poll(() => favourite.getAttribute('aria-pressed'), patient).toBe('true');

    await page.reload();
    await painting.waitFor();
    expect(await page.getByLabel('Your name').inputValue()).toBe('ada');
    await thread.getByText('#strength90').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows what others do, live, also to somebody who has no name yet', async () => {
    const studio = await runStudio();
    const visitor = await open(`${studio.url}/sandbox`);
    const witness = await open(`${studio.url}/sandbox`);
    await witness.page.getByLabel('Your name').fill('eve');
    await witness.page.getByLabel('Your name').press('Tab');
    await witness.page.getByText('You post as @eve.').waitFor();
    await vi.waitFor(() => {
      expect(studio.feed.listeners).toBe(2);
    }, patient);
    const ada = await personAt(studio.url, 'ada');
    const status = await ada.v1.statuses.create({ status: '@pentimento please' });
    studio.feed.say({ mention: status.id, state: 'painting', progress: 0.1 });
    await answer(studio.bot, status, 'The answer to ada');
    studio.feed.say({ mention: status.id, state: 'answered' });
    for (const { page, complaints } of [visitor, witness]) {
      await page.getByRole('img', { name: 'The answer to ada' }).waitFor();
      expect(complaints).toEqual([]);
    }
    await ada.v1.statuses.$select(status.id).remove();
    await witness.page.getByRole('article').waitFor({ state: 'detached' });
  });

  it("deletes one's own request, and only after asking", async () => {
    const studio = await runStudio();
    const bob = await personAt(studio.url, 'bob');
    const other = await bob.v1.statuses.create({ status: 'not mine', spoilerText: 'careful' });
    const { page } = await open(`${studio.url}/sandbox`);
    const { id } = await ask(page, studio);
    const own = page.getByRole('article', { name: 'Request by ada' });
    const others = page.getByRole('article', { name: 'Request by bob' });
    expect(await others.getByText('not mine').isVisible()).toBe(false);
    await others.getByText('careful').click();
    expect(await others.getByText('not mine').isVisible()).toBe(true);
    expect(await others.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await own.getByRole('button', { name: 'Delete' }).click();
    expect((await studio.bot.v1.statuses.$select(id).fetch()).id).toBe(id);
    await own.getByRole('button', { name: 'Delete for good?' }).click();
    await own.waitFor({ state: 'detached' });
    await expect(studio.bot.v1.statuses.$select(id).fetch()).rejects.toMatchObject({
      statusCode: 404,
    });
    expect((await studio.bot.v1.statuses.$select(other.id).fetch()).id).toBe(other.id);
  });

  it('says what is wrong where it is wrong, and loses nothing that was filled in', async () => {
    const studio = await runStudio();
    const { page } = await open(`${studio.url}/sandbox`);
    const paint = page.getByRole('button', { name: 'Paint it' });
    await paint.click();
    await page.getByRole('alert').filter({ hasText: 'Please choose a name' }).waitFor();
    expect(await page.locator(':focus').getAttribute('id')).toBe('name');
    await page.getByLabel('Your name').fill('Pentimento');
    await paint.click();
    await page.getByRole('alert').filter({ hasText: 'taken' }).waitFor();
    await page.getByLabel('Your name').fill('ada');
    await paint.click();
    await page.getByRole('alert').filter({ hasText: 'A photo is needed here.' }).waitFor();
    await page.getByRole('alert').filter({ hasText: 'A painting is needed here.' }).waitFor();
    const choose = page.getByLabel(/Choose a photo/);
    await choose.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByRole('alert').filter({ hasText: 'Please choose a JPEG' }).waitFor();
    await ask(page, studio);
  });

  it('says beforehand what a name may be and how far strength goes', async () => {
    const studio = await runStudio();
    const { page } = await open(`${studio.url}/sandbox`);
    const name = page.getByLabel('Your name');
    await page.getByText('Letters a–z, digits and _, up to 30.').waitFor();
    await name.fill("Álvaro O'Neil!");
    await name.press('Tab');
    await page.getByRole('alert').filter({ hasText: '1 to 30 letters a–z' }).waitFor();
    const { min, max } = parameters.strength;
    const range = `#strength${min} is all photo, #strength${max} all painting`;
    await expect.poll(() => page.getByText(range, { exact: false }).isVisible()).toBe(true);
  });

  it('has a control for whatever can be tuned, which writes hashtags and shows what is written', async () => {
    const studio = await runStudio();
    const { page, complaints } = await open(`${studio.url}/sandbox`);
    await page.getByText('More settings').click();
    const message = page.getByLabel('Message to');
    const says = (text: string) => expect.poll(() => message.inputValue(), patient).toBe(text);
    await says('#strength60');
    const control = (name: string) => page.locator(`#setting-${name}`);
    for (const name of parameterNames)
      if (parameterOf(name).kind !== 'weights') expect(await control(name).count()).toBe(1);
    expect(await control('strength').inputValue()).toBe('60');

    await control('strength').fill('80');
    await control('colors').selectOption('keep');
    await control('swap').check();
    await says('#strength80 #colors keep #swap');
    await control('strength').fill('50'); // which goes without saying
    await control('swap').uncheck();
    await says('#colors keep');

    await message.fill('#brush50 #size large #KeepColours');
    expect(await control('scale').inputValue()).toBe('50');
    expect(await control('size').inputValue()).toBe('768');
    expect(await control('colors').inputValue()).toBe('keep');

    await message.fill('my dog #scale 200 #faces off #colors paint');
    expect(await control('scale').inputValue()).toBe('200');
    expect(await control('faces').inputValue()).toBe('off');
    expect(await control('colors').inputValue()).toBe('paint');
    await control('faces').selectOption('on');
    await says('my dog #scale 200 #colors paint');
    expect(complaints).toEqual([]);
  });

  it('lets a photo alone be sent with what needs no painting', async () => {
    const studio = await runStudio();
    const { page } = await open(`${studio.url}/sandbox`);
    await page.getByLabel('Your name').fill('ada');
    await page.getByRole('group', { name: 'Sample photos' }).getByRole('button').first().click();
    await page.getByRole('button', { name: 'Remove photo' }).waitFor();
    await page.getByRole('button', { name: 'Paint it' }).click();
    await page.getByRole('alert').filter({ hasText: 'A painting is needed here.' }).waitFor();
    await page.getByLabel('Message to').fill('#dream');
    await page.getByRole('button', { name: 'Paint it' }).click();
    const mention = await mentionFrom(studio.bot, 'ada');
    expect(mention.content).toContain('dream');
    expect(mention.mediaAttachments).toHaveLength(1);
  });

  it('offers a reply under a painted picture, and not under a refusal', async () => {
    const studio = await runStudio();
    const ada = await personAt(studio.url, 'ada');
    const painted = await ada.v1.statuses.create({ status: '@pentimento this' });
    await answer(studio.bot, painted, 'The answer');
    const refused = await ada.v1.statuses.create({ status: '@pentimento that' });
    await studio.bot.v1.statuses.create({ status: '@ada Not so.', inReplyToId: refused.id });
    const { page } = await open(`${studio.url}/sandbox`);
    const threads = page.getByRole('article');
    const of = (text: string) => threads.filter({ hasText: text }).getByLabel('Reply to');
    await page.getByText('Not so.').waitFor();
    await page.getByRole('img', { name: 'The answer' }).waitFor();
    expect(await of('Here is your picture.').count()).toBe(1);
    expect(await of('Not so.').count()).toBe(0);
  });

  it('keeps a reply that was written before its writer had a name', async () => {
    const studio = await runStudio();
    const ada = await personAt(studio.url, 'ada');
    await answer(studio.bot, await ada.v1.statuses.create({ status: '@pentimento this' }), 'It');
    const { page } = await open(`${studio.url}/sandbox`);
    await page.getByLabel('Reply to @pentimento').fill('#strength77');
    await page.getByRole('button', { name: 'Reply' }).click();
    await page.getByRole('alert').filter({ hasText: 'Please choose a name' }).waitFor();
    await page.keyboard.type('eve');
    await page.keyboard.press('Tab');
    await page.getByText('You post as @eve.').waitFor();
    await page.getByRole('button', { name: 'Reply' }).click();
    expect((await mentionFrom(studio.bot, 'eve')).content).toContain('strength77');
  });

  it('does not say that a request is unseen once the bot has marked it', async () => {
    const studio = await runStudio();
    const ada = await personAt(studio.url, 'ada');
    const { id } = await ada.v1.statuses.create({ status: '@pentimento thank you' });
    const { page } = await open(`${studio.url}/sandbox`);
    const unseen = page.getByText('not seen by the bot yet');
    await unseen.waitFor();
    await studio.bot.v1.statuses.$select(id).favourite();
    studio.feed.say({ mention: id, state: 'answered' });
    await page.getByText('done', { exact: true }).waitFor();
    studio.feed.forget();
    await page.reload();
    await page.getByText('Favorite · 1').waitFor();
    expect(await unseen.count()).toBe(0);
  });

  // In Chromium's headless shell it fails now and then; the reason is not known yet.
  it('can be used with the keyboard alone', { retry: 4 }, async () => {
    const studio = await runStudio();
    const { page } = await open(`${studio.url}/sandbox`);
    await page.getByText('The wall is still bare').waitFor();
    /** Goes on until the focus is where it should be, as a person would. */
    const tabTo = async (matches: string) => {
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator(`${matches}:focus`).count()) > 0) return;
      }
      throw new Error(`Tab never came to ${matches}`);
    };
    await tabTo('.skip');
    await tabTo('#name');
    await page.keyboard.type('ada');
    await tabTo('.photo .samples button');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove photo' }).waitFor();
    await tabTo('.painting .samples button');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Remove painting' }).waitFor();
    await tabTo('#message');
    await page.keyboard.type(' #colors');
    await tabTo('button.primary');
    await page.keyboard.press('Enter');
    const mention = await mentionFrom(studio.bot, 'ada');
    expect(mention.mediaAttachments).toHaveLength(2);
    const focused = page.locator(':focus');
    const thread = page.getByRole('article', { name: 'Request by ada' });
    await thread.waitFor();
    await page.getByRole('button', { name: 'Paint it', disabled: false }).waitFor();
    await expect.poll(() => focused.textContent()).toBe('Paint it');

    await answer(studio.bot, mention, 'The answer');
    await tabTo('.reply input');
    await page.keyboard.type('#strength5');
    await tabTo('.reply button');
    await page.keyboard.press('Enter');
    await thread.getByText('#strength5').waitFor();
    await page.getByRole('button', { name: 'Reply', disabled: false }).waitFor();
    await expect.poll(() => focused.textContent()).toBe('Reply');

    await tabTo('.delete');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await thread.getByText('#strength5').waitFor({ state: 'detached' });
    expect(await focused.getAttribute('id')).toBe('wall');
  });

  it('comes back by itself after the server was away, and catches up', async () => {
    const studio = await runStudio();
    const { page } = await open(`${studio.url}/sandbox`);
    const mention = await ask(page, studio);
    studio.feed.say({ mention: mention.id, state: 'painting', progress: 0.5 });
    await page.getByText('painting 50 %', { exact: true }).waitFor();
    await studio.close();
    await page.getByText('The connection is lost').waitFor();
    const { directory } = studio;
    const again = await runStudio({ directory, port: Number(new URL(studio.url).port) });
    await answer(again.bot, mention, 'Painted while you were away');
    await page.getByRole('img', { name: 'Painted while you were away' }).waitFor();
    await page.getByText('painting 50 %', { exact: true }).waitFor({ state: 'hidden' });
    await expect.poll(() => page.getByText('The connection is lost').isVisible()).toBe(false);
  });

  it.each([360, 1280])(
    'fits a window of %i pixels, and nothing jumps while it loads',
    async (width) => {
      const studio = await runStudio();
      const ada = await personAt(studio.url, 'ada');
      for (let count = 0; count < 3; count += 1) {
        const status = await ada.v1.statuses.create({ status: `@pentimento ${'w'.repeat(200)}` });
        await answer(studio.bot, status, `Answer ${count}`);
      }
      const { page } = await open('about:blank', { viewport: { width, height: 800 } });
      await page.addInitScript(`
        window.shifted = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shifted += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
      `);
      await page.goto(`${studio.url}/sandbox`);
      await page.getByRole('img', { name: 'Answer 0' }).waitFor();
      for (const image of await page.locator('.hung img').all()) {
        await image.scrollIntoViewIfNeeded();
      }
      await expect
        .poll(
          () =>
            page.evaluate<number>(
              `[...document.querySelectorAll('.hung img')].filter((image) => image.complete).length`,
            ),
          patient,
        )
        .toBe(3);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
      expect(await page.evaluate<number>('window.shifted')).toBeLessThan(0.05);
    },
  );

  it('opens one thread at the address of any of its statuses', async () => {
    const studio = await runStudio();
    const ada = await personAt(studio.url, 'ada');
    await ada.v1.statuses.create({ status: 'another thread' });
    const status = await ada.v1.statuses.create({ status: '@pentimento this thread' });
    const reply = await answer(studio.bot, status, 'The answer');
    const { page } = await open(String(reply.url));
    await page.getByRole('img', { name: 'The answer' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    await page.getByRole('link', { name: 'See everything' }).click();
    await page.getByText('another thread').waitFor();
  });
});
