import { join } from 'node:path';
import sharp from 'sharp';
import { keyOf } from '../../../src/pictures/store.js';
import type { RenderClaim } from '../../../src/queue/queue.js';
import { claimed } from '../queue.js';
import type { Counter } from './counter.js';

/** Stands in for whoever paints, where a test is about what others see of it. */
export function painter({ queue, folder, pictures }: Counter) {
  const finish = async (claim: RenderClaim) => {
    const file = keyOf(`pictures/${claim.id}.jpg`);
    const painted = join(folder, 'painted.jpg');
    await sharp({ create: { width: 64, height: 48, channels: 3, background: 'orange' } })
      .jpeg()
      .toFile(painted);
    await pictures.put(file, painted);
    const answer = { type: 'painted', file, seconds: 1, width: 64, height: 48 } as const;
    await queue.rendered(claim, answer);
    await queue.answered(claimed(await queue.claimReply()), claim.mention.id);
  };
  return {
    /** Takes up the next request. */
    begin: async () => {
      const claim = claimed(await queue.claimRender());
      return Promise.resolve({ claim, finish: () => finish(claim) });
    },
    /** Paints everything that waits. */
    paintAll: async () => {
      for (let claim = await queue.claimRender(); claim; claim = await queue.claimRender())
        await finish(claim);
    },
  };
}
