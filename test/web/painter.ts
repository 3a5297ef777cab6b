import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { RenderClaim } from '../../src/queue/queue.js';
import { claimed } from '../support/queue.js';
import type { Counter } from './counter.js';

/** Stands in for whoever paints, where a test is about what others see of it. */
export function painter({ queue, folder }: Counter) {
  const finish = async (claim: RenderClaim) => {
    const file = join('pictures', `${claim.id}.jpg`);
    await mkdir(join(folder, 'pictures'), { recursive: true });
    await sharp({ create: { width: 64, height: 48, channels: 3, background: 'orange' } })
      .jpeg()
      .toFile(join(folder, file));
    const answer = { type: 'painted', file, seconds: 1, width: 64, height: 48 } as const;
    queue.rendered(claim, answer);
    queue.answered(claimed(queue.claimReply()), claim.mention.id);
  };
  return {
    /** Takes up the next request. */
    begin: () => {
      const claim = claimed(queue.claimRender());
      return Promise.resolve({ claim, finish: () => finish(claim) });
    },
    /** Paints everything that waits. */
    paintAll: async () => {
      for (let claim = queue.claimRender(); claim; claim = queue.claimRender()) await finish(claim);
    },
  };
}
