import type { mastodon } from 'masto';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import type { Person } from '../support/sandbox.js';
import { answersTo, answerTo, mention, pair, patient, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

/** A picture that is told from others by its description, which comes back in the alt text of what is painted from it. */
interface Named {
  readonly name: string;
  readonly data: Buffer;
}

async function named(name: string, background: string, shape: string): Promise<Named> {
  const drawing = `<svg width="160" height="120"><rect width="160" height="120" fill="${background}"/>${shape}</svg>`;
  return { name, data: await sharp(Buffer.from(drawing)).png().toBuffer() };
}

const pictures = Promise.all([
  named('a boat', 'teal', '<path d="M20 80h120l-30 30h-60z" fill="white"/>'),
  named('waves', 'orange', '<circle cx="60" cy="50" r="40" fill="navy"/>'),
  named('stars', 'black', '<path d="M0 0l160 120M160 0L0 120" stroke="gold" stroke-width="20"/>'),
]);

async function say(
  person: Person,
  text: string,
  {
    under,
    show = [],
    language,
  }: { under?: string; show?: readonly Named[]; language?: string } = {},
): Promise<mastodon.v1.Status> {
  const { rest } = person;
  const mediaIds = [];
  for (const { name, data } of show) {
    const file = new Blob([new Uint8Array(data)]);
    mediaIds.push((await rest.v2.media.create({ file, description: name, skipPolling: true })).id);
  }
  return rest.v1.statuses.create({
    status: `@pentimento ${text}`,
    mediaIds,
    ...(under !== undefined && { inReplyToId: under }),
    ...(language !== undefined && { language }),
  });
}

/** What an answer says, without its markup. */
function wordsOf({ content }: mastodon.v1.Status): string {
  return content.replace(/<[^>]*>/g, '');
}

/** What an answer's picture is of. */
function altOf({ mediaAttachments: [picture] }: mastodon.v1.Status): string {
  return picture?.description ?? '';
}

/** The whole conversation, with whatever else happens between its turns. */
async function converse(
  person: Person,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const [boat, waves, stars] = await pictures;
  const turn = async (
    text: string,
    more: Parameters<typeof say>[2],
  ): Promise<mastodon.v1.Status> => {
    const asked = await say(person, text, more);
    await between();
    return answerTo(person, asked);
  };

  // Drafts, for there are many; that, too, is kept from turn to turn.
  const first = await turn('#quality draft please', { show: [boat, waves] });
  expect(altOf(first)).toBe('A photo (a boat), repainted in the style of a painting (waves).');
  expect(wordsOf(first)).toContain('strength 50, draft quality.');

  const tuned = await turn('#strength 80 #scale=200%', { under: first.id });
  expect(wordsOf(tuned)).toContain('strength 80, brushwork at 200 %, draft quality.');
  expect(altOf(tuned)).toBe(altOf(first));

  const restyled = await turn('and like this?', { under: tuned.id, show: [stars] });
  expect(altOf(restyled)).toBe('A photo (a boat), repainted in the style of a painting (stars).');
  expect(wordsOf(restyled)).toContain('strength 80, brushwork at 200 %, draft quality.');

  const swapped = await turn('#swap', { under: restyled.id });
  expect(altOf(swapped)).toBe('A photo (stars), repainted in the style of a painting (a boat).');

  const urls = [first, tuned, restyled, swapped].map(({ mediaAttachments: [one] }) => one?.url);
  const files = await Promise.all(
    urls.map(async (url) =>
      Buffer.from(await (await fetch(url ?? '')).arrayBuffer()).toString('hex'),
    ),
  );
  expect(new Set(files).size, 'four different pictures').toBe(4);

  await say(person, '#delete', { under: swapped.id });
  await vi.waitFor(
    () =>
      expect(person.rest.v1.statuses.$select(swapped.id).fetch()).rejects.toMatchObject({
        statusCode: 404,
      }),
    patient,
  );
  for (const { id } of [first, tuned, restyled])
    expect((await person.rest.v1.statuses.$select(id).fetch()).id).toBe(id);
}

describe('a conversation', () => {
  it('goes from a picture to other settings, another painting, the other way round and away', async () => {
    const { ada, start } = await scene();
    await start();
    await converse(ada);
  });

  it('goes on after the bot was restarted at every turn', async () => {
    const { ada, start } = await scene();
    let bot = await start();
    await converse(ada, async () => {
      await bot.end('SIGKILL');
      bot = await start();
    });
  });

  it('of two people at the same time is kept apart', async () => {
    const { ada, person, start } = await scene();
    await start();
    const ben = await person('ben');
    await Promise.all([converse(ada), converse(ben)]);
  });

  it('may be continued by somebody else where everybody sees it, and then it is theirs', async () => {
    const { ada, person, start } = await scene();
    await start();
    const [boat, waves] = await pictures;
    const answer = await answerTo(ada, await say(ada, '#quality draft', { show: [boat, waves] }));
    const ben = await person('ben');
    const theirs = await answerTo(ben, await say(ben, 'bolder!', { under: answer.id }));
    expect(wordsOf(theirs)).toContain('strength 70');
    expect(theirs.mentions.map(({ username }) => username)).toEqual(['ben']);
    // It is Ben's now: only he can have it removed.
    const theft = await say(ada, '#delete', { under: theirs.id });
    expect(wordsOf(await answerTo(ada, theft))).toContain('not a reply to one of yours');
  });
});

describe('a photo alone', () => {
  it('is painted like one of our own paintings, which is named; and dreamt of', async () => {
    const { ada, start } = await scene();
    await start();
    const [boat] = await pictures;
    const ours = await answerTo(
      ada,
      await say(ada, '#style lavender #quality draft', { show: [boat] }),
    );
    expect(wordsOf(ours)).toContain('in the style of “Lavender river” from my own collection');
    expect(altOf(ours)).toMatch(/^A photo \(a boat\), repainted .* \(Thousands of small colored/);
    const dream = await answerTo(ada, await say(ada, '#dream', { under: ours.id }));
    expect(altOf(dream)).toContain('A photo (a boat), turned into a deep dream');
  });

  it('that was too little may be followed by a painting', async () => {
    const { ada, start } = await scene();
    await start();
    const [boat, waves] = await pictures;
    const refused = await answerTo(ada, await say(ada, 'paint this', { show: [boat] }));
    expect(wordsOf(refused)).toContain('it takes two');
    const answer = await answerTo(ada, await say(ada, '', { under: refused.id, show: [waves] }));
    expect(altOf(answer)).toBe('A photo (a boat), repainted in the style of a painting (waves).');
  });
});

describe('a sheet of variations', () => {
  it('shows what there is to choose from, and what is chosen is painted large', async () => {
    const { ada, start } = await scene();
    await start();
    const [boat, waves] = await pictures;
    const sheet = await answerTo(
      ada,
      await say(ada, '#variations #quality draft', { show: [boat, waves] }),
    );
    expect(wordsOf(sheet)).toContain('From left to right');
    const size = sheet.mediaAttachments[0]?.meta;
    const chosen = await answerTo(ada, await say(ada, '#strength75 #scale50', { under: sheet.id }));
    expect(wordsOf(chosen)).toContain('strength 75, brushwork at 50 %');
    expect(chosen.mediaAttachments[0]?.meta).not.toEqual(size);
  });
});

describe('a person who asks', () => {
  it('for help, where they are, or for nothing more, is told so at once, and in their language', async () => {
    const { ada, person, start, operator, untilState } = await scene();
    await start();
    await operator('queue', 'pause');
    const [boat, waves] = await pictures;
    const asked = await say(ada, 'please', { show: [boat, waves] });
    await untilState(1, 'queued');
    const content = async (text: string, options = {}, who = ada) =>
      wordsOf(await answerTo(who, await say(who, text, options)));
    expect(await content('#help')).toContain('#strength 0–100');
    expect(await content('#help #scale')).toContain('25–400 %');
    const german = await answerTo(ada, await say(ada, '#hilfe', { language: 'de' }));
    expect(wordsOf(german)).toContain('Erwähne mich mit zwei Bildern');
    expect(german.language).toBe('de');
    expect(await content('#status')).toContain('Your picture is next in line. I am taking a break');
    const ben = await person('ben');
    expect(await content('#status', {}, ben)).toContain('Nothing of yours is waiting');
    expect(await content('#cancel', {}, ben)).toContain('there was nothing to cancel');
    expect(await content('#cancel', { language: 'de' })).toContain('aus der Schlange genommen');
    expect((await operator('queue', 'show', '1')).out).toMatch(/^state +cancelled$/m);
    await operator('queue', 'resume');
    // What comes after it is answered; the cancelled one is not.
    await answerTo(ada, await mention(ada, '#draft', await pair()));
    expect(await answersTo(ada, asked)).toEqual([]);
  });

  it('for what cannot be is told what was done instead', async () => {
    const { ada, start } = await scene();
    await start();
    const [boat, waves] = await pictures;
    const show = [boat, waves];
    const answer = await answerTo(ada, await say(ada, '#strenght 800 #colors:blue', { show }));
    expect(wordsOf(answer)).toContain('I took #strenght for #strength.');
    expect(wordsOf(answer)).toContain('#strength goes from 0 to 100, so I took 100 for 800.');
    expect(wordsOf(answer)).toContain('I do not know #colors “blue”');
    const slip = await answerTo(ada, await say(ada, '#delte', { under: answer.id }));
    expect(wordsOf(slip)).toContain('Did you mean #delete?');
    const thanks = await say(ada, 'thank you!', { under: answer.id });
    await answerTo(ada, await say(ada, '#help'));
    expect(await answersTo(ada, thanks)).toEqual([]);
  });
});
