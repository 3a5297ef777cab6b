import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError, type Platform } from '../../../src/platforms/port.js';

/** An account that is used as the bot does it: what may come to pass is tried again, and an answer looked for first. */
export function persistent(platform: Platform): Platform {
  const again = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        if (error.kind !== 'unreachable' && error.kind !== 'later') throw error;
        await sleep(Math.max(0, (error.retryAt?.getTime() ?? 0) - Date.now()));
      }
    }
  };
  return {
    ...platform,
    signIn: () => again(() => platform.signIn()),
    download: (...args) => again(() => platform.download(...args)),
    repliesTo: (mention) => again(() => platform.repliesTo(mention)),
    reread: (mention) => again(() => platform.reread(mention)),
    parentOf: (mention) => again(() => platform.parentOf(mention)),
    remove: (replyId) => again(() => platform.remove(replyId)),
    acknowledge: (mention) => again(() => platform.acknowledge(mention)),
    reply: (mention, reply, fence) =>
      again(async () => {
        const found = (await platform.repliesTo(mention)).find(
          ({ text, hasPicture }) =>
            text.includes(reply.text) && hasPicture === (reply.picture !== undefined),
        );
        return found?.id ?? platform.reply(mention, reply, fence);
      }),
  };
}
