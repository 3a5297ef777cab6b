import { describe, expect, it } from 'vitest';
import { Superseded, type Visibility } from '../../../../src/platforms/port.js';
import { listen, paintedPicture, type Setting } from './setting.js';

const visibilities: readonly Visibility[] = ['public', 'unlisted', 'private', 'direct'];

export function replying({ name, itIf, open, mentioned }: Setting): void {
  describe(`${name}: a reply`, () => {
    it('stands in the thread with its picture and alt text, and mentions whoever asked, and nobody else', async () => {
      const network = await open();
      const [ada, ben] = [await network.person('ada'), await network.person('ben')];
      const platform = network.connect();
      const asked = await ada.post(`${network.us} please, and hello @ben`);
      const mention = await listen(platform).hears(asked);
      const picture = { ...(await paintedPicture()), description: 'A boat, repainted.' };
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
      const picture = { ...(await paintedPicture()), description: 'A boat, repainted.' };
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
      await network.delivered(second);
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
        expect(await platform.repliesTo(mention)).toHaveLength(1);
      },
    );

    it('that is not ours to give any more when it is about to go out does not', async () => {
      const { platform, mention } = await mentioned();
      const picture = { ...(await paintedPicture()), description: 'A boat, repainted.' };
      const reply = { text: 'Here it is.', picture };
      const shut = () => Promise.reject(new Superseded());
      await expect(platform.reply(mention, reply, shut)).rejects.toBeInstanceOf(Superseded);
      expect(await platform.repliesTo(mention)).toEqual([]);
      await platform.reply(mention, reply, () => Promise.resolve());
      expect(await platform.repliesTo(mention)).toHaveLength(1);
    });

    for (const visibility of visibilities)
      itIf('posts for few')(`to a post that is ${visibility} is seen no more widely`, async () => {
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
        const picture = { ...(await paintedPicture()), description: 'A boat.' };
        const id = await platform.reply(mention, { text: 'Here.', picture });
        expect(await ada.see(id)).toMatchObject({ warning: 'paint', sensitive: true });
      },
    );

    itIf('warnings')('hides its picture if it says so, and only then', async () => {
      const { ada, platform, mention } = await mentioned();
      const picture = { ...(await paintedPicture()), description: 'A boat.' };
      const hidden = await platform.reply(mention, { text: 'Careful.', picture, sensitive: true });
      const shown = await platform.reply(mention, { text: 'Look.', picture, isInterim: true });
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
      for (let time = 0; time < 2; time++)
        await expect(platform.acknowledge(mention)).resolves.toBeUndefined();
    });
  });
}
