import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { PictureTooLarge, PlatformError, type Platform } from '../port.js';
import { isRenderId, type Uploads } from './uploads.js';

/** How the queue knows what was asked for on our own pages, or through our own API. */
export const WEB = 'web';

/**
 * Our own counter: whoever asks comes to us, and comes back for the answer. So there is nothing to listen to and
 * nowhere to post; what was asked for is what the queue says, and what came of it, too.
 */
export function webPlatform(uploads: Uploads): Platform {
  return {
    name: WEB,
    signIn: () => Promise.resolve(WEB),
    async listen(_, signal) {
      if (!signal.aborted) await once(signal, 'abort');
    },
    trouble: () => undefined,
    async download(attachment, file, maxBytes) {
      if (!(await uploads.fetch(attachment, file)))
        throw new PlatformError('refused', 'the picture is gone');
      if ((await stat(file)).size <= maxBytes) return;
      await rm(file);
      throw new PictureTooLarge(maxBytes);
    },
    watched: ({ id }) => (isRenderId(id) ? uploads.watched(id) : undefined),
    reply: ({ id }) => Promise.resolve(id),
    repliesTo: () => Promise.resolve([]),
    reread: (mention) => Promise.resolve(mention),
    parentOf: () => Promise.resolve(undefined),
    remove: () => Promise.resolve(),
    acknowledge: () => Promise.resolve(),
  };
}
