import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  PictureTooLarge,
  type Listener,
  type Mention,
  type Platform,
  type Visibility,
} from '../../src/platforms/port.js';
import { temporaryFolder } from '../support/folder.js';
import type { Ability, Network, Somebody } from './network.js';

/*
 * What every adapter of the port promises, whatever network is behind it and whatever goes wrong on the way there.
 */

const patient = { timeout: 30_000, interval: 50 };
const never = () => new AbortController().signal;

/** Listens until the end of the test, or until stopped; what is heard is in `heard`, repeats included. */
export function listen(platform: Platform, onMention: Listener['mentioned'] = () => undefined) {
  const heard: Mention[] = [];
  const deleted: string[] = [];
  const controller = new AbortController();
  const done = platform.listen(
    {
      mentioned: (mention) => {
        heard.push(mention);
        onMention(mention);
      },
      deleted: (postId) => deleted.push(postId),
      failed: () => undefined,
    },
    controller.signal,
  );
  done.catch(() => undefined); // a test that minds awaits it
  const stop = async () => {
    controller.abort();
    await done;
  };
  onTestFinished(() => stop().catch(() => undefined));
  const hears = (id: string) =>
    vi.waitFor(() => {
      const mention = heard.find((each) => each.id === id);
      if (mention === undefined) throw new Error('not heard yet');
      return mention;
    }, patient);
  return { heard, deleted, done, stop, hears };
}

export function photo(background = 'teal', width = 96): Promise<Buffer> {
  return sharp({ create: { width, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
}

async function paintedFile(): Promise<string> {
  const file = join(temporaryFolder(), 'painted.jpg');
  writeFileSync(
    file,
    await sharp(await photo('orange'))
      .jpeg()
      .toBuffer(),
  );
  return file;
}

/** @param open a network of its own for each test */
export function platformContract(
  name: string,
  abilities: readonly Ability[],
  open: () => Promise<Network>,
): void {
  /** Tests that a network without an ability is not put to. */
  const itIf = (...needed: readonly Ability[]) =>
    needed.every((ability) => abilities.includes(ability)) ? it : it.skip;

  /** A mention by Ada, heard. */
  async function mentioned(text = 'please', options: Parameters<Somebody['post']>[1] = {}) {
    const network = await open();
    const ada = await network.person('ada');
    const platform = network.connect();
    const id = await ada.post(`${network.us} ${text}`, options);
    const { hears, stop } = listen(platform);
    const mention = await hears(id);
    await stop();
    return { network, ada, platform, mention };
  }

  describe(`${name}: listening`, () => {
    it('hears a mention, as plain text with its pictures and their alt texts', async () => {
      const pictures = [
        { data: await photo('teal'), description: 'a boat' },
        { data: await photo('orange'), description: 'a storm' },
      ];
      const { mention, network } = await mentioned('look & see\n\n#strength80', { pictures });
      expect(mention.text).toMatch(/look & see\s+#strength80\s*$/);
      expect(mention.text).toContain(network.us.split('@')[1]);
      expect(mention.attachments).toMatchObject([
        { kind: 'picture', description: 'a boat' },
        { kind: 'picture', description: 'a storm' },
      ]);
      expect(mention.author.handle).toMatch(/^ada\b/);
      expect(mention.author.address).toMatch(/^ada@\S+$/);
      expect(mention.inReplyTo).toBeUndefined();
    });

    it('hears what was said while nobody listened, every time that it begins to', async () => {
      const network = await open();
      const ada = await network.person('ada');
      const ids: string[] = [];
      for (let day = 0; day < 2; day++) {
        for (let i = 0; i < 3; i++) ids.push(await ada.post(`${network.us} number ${i}`));
        const { heard, hears, stop } = listen(network.connect());
        for (const id of ids.slice(-3)) await hears(id);
        const news = [...new Set(heard.map(({ id }) => id))].filter(
          (id) => ids.indexOf(id) >= 3 * day,
        );
        const isOrdered = abilities.includes('order');
        expect(isOrdered ? news : news.sort()).toEqual(
          isOrdered ? ids.slice(-3) : ids.slice(-3).sort(),
        );
        await stop();
      }
    });

    it('does not hear itself', async () => {
      const { network, ada, platform, mention } = await mentioned();
      await platform.reply(mention, { text: `${network.us} hello` });
      const last = await ada.post(`${network.us} last`);
      const { heard, hears } = listen(platform);
      await hears(last);
      expect(new Set(heard.map(({ author }) => author.id))).toEqual(new Set([mention.author.id]));
    });

    itIf('removal', 'deletions told')('is told of a post that is gone', async () => {
      const network = await open();
      const ada = await network.person('ada');
      const { deleted, hears } = listen(network.connect());
      const id = await ada.post(`${network.us} never mind`);
      await hears(id);
      await ada.erase(id);
      await vi.waitFor(() => expect(deleted).toContain(id), patient);
    });

    it('ends when it is told to, even before it has begun', async () => {
      const network = await open();
      const platform = network.connect();
      await platform.listen(
        { mentioned: () => undefined, deleted: () => undefined, failed: () => undefined },
        AbortSignal.abort(),
      );
      await listen(platform).stop();
    });

    it('ends with what the listener throws: what is not kept must not count as read', async () => {
      const network = await open();
      const ada = await network.person('ada');
      const id = await ada.post(`${network.us} please`);
      const full = new Error('the disk is full');
      const platform = network.connect();
      const { done } = listen(platform, () => {
        throw full;
      });
      await expect(done).rejects.toBe(full);
      await listen(network.connect()).hears(id);
    });

    it('tells what keeps it from listening until it has heard', async () => {
      const network = await open();
      const platform = network.connect();
      expect(platform.trouble()).toContain('not been reached yet');
      listen(platform);
      await vi.waitFor(() => expect(platform.trouble()).toBeUndefined(), patient);
    });
  });

  describe(`${name}: a token that does not hold`, () => {
    it('ends everything, for good', async () => {
      const { network, mention } = await mentioned();
      const platform = network.connectInVain();
      const fatal = { name: 'PlatformError', kind: 'fatal' };
      await expect(platform.signIn()).rejects.toMatchObject(fatal);
      await expect(listen(platform).done).rejects.toMatchObject(fatal);
      await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject(fatal);
      await expect(platform.repliesTo(mention)).rejects.toMatchObject(fatal);
    });
  });

  describe(`${name}: a mention and what is above it`, () => {
    it('are read again as they are', async () => {
      const pictures = [{ data: await photo(), description: 'a boat' }];
      const { network, ada, platform, mention } = await mentioned('first', { pictures });
      expect(await platform.reread(mention)).toEqual(mention);
      const id = await ada.post(`${network.us} second`, { inReplyTo: mention.id });
      const reply = await listen(platform).hears(id);
      expect(reply.inReplyTo).toBe(mention.id);
      expect(await platform.parentOf(reply)).toEqual(mention);
      expect(await platform.parentOf(mention)).toBeUndefined();
    });

    itIf('editing')('are read again as they have become', async () => {
      const { network, ada, platform, mention } = await mentioned('first');
      await ada.edit(mention.id, `${network.us} second`);
      expect((await platform.reread(mention))?.text).toContain('second');
    });

    itIf('removal')('are not there any more when they are deleted', async () => {
      const { ada, platform, mention } = await mentioned();
      await ada.erase(mention.id);
      expect(await platform.reread(mention)).toBeUndefined();
    });
  });

  describe(`${name}: a picture`, () => {
    it('is downloaded as its network has it, if it is not too large', async () => {
      const data = await photo();
      const { platform, mention } = await mentioned('', { pictures: [{ data, description: 'x' }] });
      const [attachment] = mention.attachments;
      if (attachment === undefined) throw new Error('no attachment');
      const file = join(temporaryFolder(), 'picture');
      await platform.download(attachment, file, 1e6, never());
      const { width, height } = await sharp(readFileSync(file)).metadata();
      expect([width, height]).toEqual([96, 64]);
      const download = platform.download(attachment, file, 10, never());
      await expect(download).rejects.toBeInstanceOf(PictureTooLarge);
    });

    it('stops being downloaded when nobody wants it any more', async () => {
      const data = await photo();
      const { platform, mention } = await mentioned('', { pictures: [{ data, description: 'x' }] });
      const [attachment] = mention.attachments;
      if (attachment === undefined) throw new Error('no attachment');
      const controller = new AbortController();
      const aborted = once(controller.signal, 'abort');
      controller.abort(new Error('enough'));
      await aborted.catch(() => undefined);
      const file = join(temporaryFolder(), 'picture');
      const download = platform.download(attachment, file, 1e6, controller.signal);
      await expect(download).rejects.toThrow('enough');
    });
  });

  describe(`${name}: a reply`, () => {
    it('stands in the thread with its picture and alt text, and mentions whoever asked, and nobody else', async () => {
      const network = await open();
      const [ada, ben] = [await network.person('ada'), await network.person('ben')];
      const platform = network.connect();
      const asked = await ada.post(`${network.us} please, and hello @ben`);
      const mention = await listen(platform).hears(asked);
      const picture = { file: await paintedFile(), description: 'A boat, repainted.' };
      const id = await platform.reply(mention, { text: 'Here it is.', picture });
      const seen = await ben.see(id);
      expect(seen?.text).toContain('Here it is.');
      expect(seen).toMatchObject({
        inReplyTo: asked,
        mentions: ['ada'],
        pictures: [{ description: 'A boat, repainted.' }],
      });
    });

    it('is found in the thread, with what it has, and nobody else’s is', async () => {
      const { network, ada, platform, mention } = await mentioned();
      expect(await platform.repliesTo(mention)).toEqual([]);
      const ben = await network.person('ben');
      await ben.post('me, too', { inReplyTo: mention.id });
      const word = await platform.reply(mention, { text: 'In a moment.', isInterim: true });
      const picture = { file: await paintedFile(), description: 'A boat, repainted.' };
      const answer = await platform.reply(mention, { text: 'Here it is.', picture });
      const found = await platform.repliesTo(mention);
      expect(found.map(({ id, hasPicture }) => [id, hasPicture]).sort()).toEqual(
        [
          [word, false],
          [answer, true],
        ].sort(),
      );
      expect(found.find(({ id }) => id === word)?.text).toContain('In a moment.');
      const second = await ada.post(`${network.us} again`, { inReplyTo: answer });
      const again = await listen(platform).hears(second);
      await platform.reply(again, { text: 'Here is the other.' });
      expect(await platform.repliesTo(mention), 'only what stands directly below').toHaveLength(2);
    });

    itIf('keys honored')(
      'to one mention is posted once, however often it is asked for',
      async () => {
        const { platform, mention } = await mentioned();
        const twice = [1, 2].map(() => platform.reply(mention, { text: 'Hello.' }));
        const [first, second] = await Promise.all(twice);
        expect(second).toBe(first);
      },
    );

    const visibilities: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];
    for (const visibility of visibilities)
      itIf('posts for few')(`to a ${visibility} mention is seen no more widely`, async () => {
        const { ada, platform, mention } = await mentioned('please', { visibility });
        expect(mention.visibility).toBe(visibility);
        const id = await platform.reply(mention, { text: 'Hello.' });
        const isOpen = visibility === 'public' || visibility === 'unlisted';
        // "Private" would be for our followers, and not for Ada's.
        expect((await ada.see(id))?.visibility).toBe(isOpen ? 'unlisted' : 'direct');
      });

    itIf('warnings')(
      'carries the warning of the mention, and hides its picture with it',
      async () => {
        const { ada, platform, mention } = await mentioned('please', { warning: 'paint' });
        const picture = { file: await paintedFile(), description: 'A boat.' };
        const id = await platform.reply(mention, { text: 'Here.', picture });
        expect(await ada.see(id)).toMatchObject({ warning: 'paint', sensitive: true });
      },
    );

    itIf('warnings')('hides its picture if it says so, and only then', async () => {
      const { ada, platform, mention } = await mentioned();
      const picture = { file: await paintedFile(), description: 'A boat.' };
      const reply = { text: 'Here.', picture };
      const hidden = await platform.reply(mention, { ...reply, sensitive: true });
      const shown = await platform.reply(mention, { ...reply, isInterim: true });
      expect(await ada.see(hidden)).toMatchObject({ sensitive: true });
      expect(await ada.see(shown)).toMatchObject({ sensitive: false });
    });

    itIf('removal')('can be removed, and removed again', async () => {
      const { ada, platform, mention } = await mentioned();
      const id = await platform.reply(mention, { text: 'Hello.' });
      await platform.remove(id);
      await platform.remove(id);
      expect(await ada.see(id)).toBeUndefined();
      expect(await platform.repliesTo(mention)).toEqual([]);
    });

    itIf('removal', 'thread guarded')('to a post that is gone is refused', async () => {
      const { ada, platform, mention } = await mentioned();
      await ada.erase(mention.id);
      const reply = platform.reply(mention, { text: 'Hello.' });
      await expect(reply).rejects.toMatchObject({ kind: 'refused' });
    });

    it('may be preceded by a sign that the mention was seen', async () => {
      const { platform, mention } = await mentioned();
      await platform.acknowledge(mention);
      await platform.acknowledge(mention);
    });
  });
}
