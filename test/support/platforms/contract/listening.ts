import { describe, expect, it, vi } from 'vitest';
import { listen, patient, photo, type Setting } from './setting.js';

/** More than two of the pages that networks tell them in. */
const MANY = 90;

export function listening({ name, can, itIf, open, mentioned }: Setting): void {
  describe(`${name}: an account`, () => {
    it('is who people write to', async () => {
      const network = await open();
      expect(await network.connect().signIn()).toBe(network.address);
    });

    it('with a token that does not hold is at the end of everything, for good', async () => {
      const { network, mention } = await mentioned();
      const platform = network.connectInVain();
      const fatal = { name: 'PlatformError', kind: 'fatal' };
      await expect(platform.signIn()).rejects.toMatchObject(fatal);
      await expect(listen(platform).done).rejects.toMatchObject(fatal);
      await expect(platform.reply(mention, { text: 'Hello.' })).rejects.toMatchObject(fatal);
      await expect(platform.repliesTo(mention)).rejects.toMatchObject(fatal);
    });
  });

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
        for (const id of ids.slice(-3)) await network.delivered(id);
        const { heard, hears, stop } = listen(network.connect());
        for (const id of ids.slice(-3)) await hears(id);
        const news = [...new Set(heard.map(({ id }) => id))].filter(
          (id) => ids.indexOf(id) >= 3 * day,
        );
        const isOrdered = can('order');
        expect(isOrdered ? news : news.sort()).toEqual(
          isOrdered ? ids.slice(-3) : ids.slice(-3).sort(),
        );
        await stop();
      }
    });

    itIf('many posts')('hears everything that was said meanwhile, however much', async () => {
      const network = await open();
      const ada = await network.person('ada');
      const ids: string[] = [];
      for (let i = 0; i < MANY; i++) ids.push(await ada.post(`${network.us} number ${i}`));
      const { heard } = listen(network.connect());
      const found = () => [...new Set(heard.map(({ id }) => id))];
      await vi.waitFor(() => expect(found()).toHaveLength(MANY), patient);
      if (can('order')) expect(found()).toEqual(ids);
      else expect(found().sort()).toEqual(ids.sort());
    });

    it('does not hear itself', async () => {
      const { network, ada, platform, mention } = await mentioned();
      await platform.reply(mention, { text: `${network.us} hello` });
      const last = await ada.post(`${network.us} last`);
      await network.delivered(last);
      const { heard, hears } = listen(platform);
      await hears(last);
      expect(new Set(heard.map(({ author }) => author.id))).toEqual(new Set([mention.author.id]));
    });

    it('does not hear other bots, or the two might thank each other for ever', async () => {
      const network = await open();
      const parrot = await network.robot('parrot');
      const said = await parrot.post(`${network.us} hello`);
      const ada = await network.person('ada');
      const last = await ada.post(`${network.us} last`);
      for (const id of [said, last]) await network.delivered(id);
      const { heard, hears } = listen(network.connect());
      await hears(last);
      expect(heard.map(({ id }) => id)).not.toContain(said);
    });

    itIf('removal', 'deletions told')('is told of a post that is gone', async () => {
      const network = await open();
      const ada = await network.person('ada');
      const { deleted, hears } = listen(network.connect());
      // Who does not listen at that very moment is not told, so there may be a second.
      await vi.waitFor(async () => {
        const id = await ada.post(`${network.us} never mind`);
        await hears(id);
        await ada.erase(id);
        await vi.waitFor(() => expect(deleted).toContain(id), { timeout: 2000 });
      }, patient);
    });

    it('ends when it is told to, even before it has begun', async () => {
      const network = await open();
      const platform = network.connect();
      const told: string[] = [];
      const listener = {
        mentioned: () => Promise.resolve(void told.push('mentioned')),
        deleted: () => Promise.resolve(void told.push('deleted')),
        failed: () => void told.push('failed'),
      };
      await expect(platform.listen(listener, AbortSignal.abort())).resolves.toBeUndefined();
      expect(told).toEqual([]);
      await expect(listen(platform).stop()).resolves.toBeUndefined();
    });

    it('ends in time when it is told to in the middle of it', async () => {
      const network = await open();
      const platform = network.connect();
      const { stop } = listen(platform);
      await vi.waitFor(() => expect(platform.trouble()).toBeUndefined(), patient);
      const start = performance.now();
      await stop();
      expect(performance.now() - start).toBeLessThan(5000);
    });

    it('ends with what the listener throws: what is not kept must not count as read', async () => {
      const network = await open();
      const ada = await network.person('ada');
      const id = await ada.post(`${network.us} please`);
      await network.delivered(id);
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
}
