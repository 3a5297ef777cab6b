import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PictureTooLarge } from '../../../../src/platforms/port.js';
import { temporaryFolder } from '../../folder.js';
import { listen, photo, type Setting } from './setting.js';

export function reading({ name, itIf, mentioned }: Setting): void {
  describe(`${name}: a mention and what is above it`, () => {
    it('are read again as they are', async () => {
      const pictures = [{ data: await photo(), description: 'a boat' }];
      const { network, ada, platform, mention } = await mentioned('first', { pictures });
      expect(await platform.reread(mention)).toEqual(mention);
      const id = await ada.post(`${network.us} second`, { inReplyTo: mention.id });
      await network.delivered(id);
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
      expect(await platform.parentOf({ ...mention, inReplyTo: mention.id })).toBeUndefined();
    });
  });

  describe(`${name}: a picture`, () => {
    /** A mention's picture, and how to download it to a file. */
    async function attached(data: Buffer) {
      const { platform, mention } = await mentioned('', { pictures: [{ data, description: 'x' }] });
      const [attachment] = mention.attachments;
      if (attachment === undefined) throw new Error('no attachment');
      const file = join(temporaryFolder(), 'picture');
      const download = (maxBytes: number, signal = new AbortController().signal) =>
        platform.download(attachment, file, maxBytes, signal);
      return { file, download };
    }

    it('is downloaded byte for byte, if it has not more bytes than are wanted', async () => {
      const data = await photo();
      const { file, download } = await attached(data);
      await download(data.length);
      expect(readFileSync(file).equals(data)).toBe(true);
      await expect(download(data.length - 1)).rejects.toBeInstanceOf(PictureTooLarge);
    });

    it('is not downloaded when nobody wants it any more', async () => {
      const { download } = await attached(await photo());
      const enough = AbortSignal.abort(new Error('enough'));
      await expect(download(1e6, enough)).rejects.toThrow('enough');
    });
  });
}
