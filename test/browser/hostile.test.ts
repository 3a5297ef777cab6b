import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { picture } from '../support/sandbox.js';
import { answer, hasChromium, open, personAt, quit, runStudio } from '../support/web/harness.js';

afterAll(quit);

/** Texts that would run, that turn round what follows them, that pile up, that do not end, or that cannot be seen. */
const hostile = {
  markup: '<img src=x onerror="window.wasRun=1"><script>window.wasRun=1</script>',
  quotes: `"' onmouseover='window.wasRun=1' --> ]]> <svg/onload=window.wasRun=1> &lt;b&gt;`,
  link: 'javascript:window.wasRun=1 https://example.org/"onclick="window.wasRun=1',
  override: '\u202eevil \u2066inside \u202d<b>',
  hebrew: 'שלום עולם, זה ציור!',
  marks: `Z${'\u0301\u0300\u0302\u0316\u0489'.repeat(30)}`,
  word: 'M'.repeat(140),
  unseen: '\u200b\u200e\u2060\u202e',
} as const;

/** Whatever sticks out of the thread that it is in, and how far the page is wider than its window. */
const misplaced = (page: Page) =>
  page.evaluate<readonly string[]>(`[...document.querySelectorAll('.thread *')]
    .filter((element) => element.checkVisibility()) // what is hidden is nowhere
    .filter((element) => {
      const [inner, outer] = [element, element.closest('.thread')].map((one) => one.getBoundingClientRect());
      return inner.left < outer.left - 1 || inner.right > outer.right + 1;
    })
    .map((element) => element.outerHTML.slice(0, 100))
    .concat(document.documentElement.scrollWidth > window.innerWidth ? ['the page'] : [])`);

describe.skipIf(!hasChromium)('what people write', () => {
  it.each(
    Object.entries(hostile).flatMap(([kind, text]) =>
      [360, 1280].map((width) => ({ kind, text, width })),
    ),
  )('is text and nothing else: $kind, in a window of $width pixels', async ({ text, width }) => {
    const studio = await runStudio();
    const ada = await personAt(studio.url, 'ada');
    await ada.v1.accounts.updateCredentials({ displayName: text.slice(0, 30) });
    const media = { file: await picture(), description: text, skipPolling: true } as const;
    const asked = await ada.v1.statuses.create({
      status: `@pentimento ${text}`,
      spoilerText: text,
      mediaIds: [(await ada.v2.media.create(media)).id],
    });
    await answer(studio.bot, asked, `The answer: ${text}`);

    const { page, complaints } = await open(`${studio.url}/sandbox`, {
      viewport: { width, height: 800 },
    });
    const thread = page.getByRole('article');
    await thread.locator('.hung img').waitFor();
    await thread.locator('summary').first().click();
    for (const alt of await thread.locator('.pair summary').all()) await alt.click();
    expect(await thread.locator('.warned > summary').textContent()).toBe(asked.spoilerText || null);
    expect(await thread.locator('.pair .alt p').textContent()).toBe(text.trim());
    expect(await thread.locator('script, svg, [onerror], [onmouseover], [onclick]').count()).toBe(
      0,
    );
    expect(await misplaced(page)).toEqual([]);
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('does not turn round or hide who wrote it, and when', async () => {
    const studio = await runStudio();
    for (const [username, displayName] of [
      ['ada', hostile.override],
      ['eve', hostile.unseen],
    ] as const) {
      const person = await personAt(studio.url, username);
      await person.v1.accounts.updateCredentials({ displayName });
      await person.v1.statuses.create({ status: `by ${username}` });
    }
    const { page } = await open(`${studio.url}/sandbox`);
    const by = (text: string) => page.getByRole('article').filter({ hasText: text }).locator('.by');
    const [name, handle, time] = await Promise.all(
      ['.name', '.acct', '.when'].map((part) => by('by ada').locator(part).boundingBox()),
    );
    expect(name?.x).toBeLessThan(handle?.x ?? 0);
    expect(handle?.x).toBeLessThan(time?.x ?? 0);
    expect(await by('by ada').locator('.avatar').textContent()).toBe('E');
    expect(await by('by eve').locator('.name').textContent()).toBe('eve');
    expect(await by('by eve').locator('.avatar').textContent()).toBe('E');
  });

  it('rebuilds only harmless HTML, whatever a server sends', async () => {
    const studio = await runStudio();
    const { page } = await open(`${studio.url}/sandbox`);
    const hostile =
      '<p onclick="x()">a<script>b</script><svg onload=x()><a href="javascript:x()">c</a></svg>' +
      '<a href="https://e.org/" onclick=x()>d</a><style>e</style><br><iframe srcdoc="f"></iframe></p>';
    const html = await page.evaluate<string>(`import('/assets/content.js').then((module) => {
      window.x = () => { window.wasRun = true; };
      const holder = document.createElement('div');
      holder.append(module.safeContent(${JSON.stringify(hostile)}));
      return holder.innerHTML;
    })`);
    expect(html).toBe(
      '<p>abc<a href="https://e.org/" rel="nofollow noopener noreferrer" target="_blank">d</a>e<br></p>',
    );
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
  });
});
