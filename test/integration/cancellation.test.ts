import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import { botInMemory } from '../support/bot-in-memory.js';
import { mentionOf, request } from '../support/fixtures.js';

it('keeps nothing of a picture that is cancelled when it is all but done', async () => {
  const plain = { create: { width: 64, height: 48, channels: 3, background: 'teal' } } as const;
  const photo = await sharp(plain).png().toBuffer();
  const cancelled: boolean[] = [];
  const { queue, folder, start } = botInMemory((_, file) => writeFile(file, photo), 1, {
    heartbeatMs: 60_000, // so that the painter does not hear of it before it has written the picture
    onProgress: ({ id }, fraction) => {
      if (fraction === 1) void queue.cancel('memory', id).then((did) => cancelled.push(did));
    },
  });
  await queue.admit('memory', mentionOf('1'), { request, cost: 1 });
  const stop = start();
  await vi.waitFor(() => expect(cancelled).toEqual([true]), { timeout: 60_000 });
  // After the last step the judge looks at the picture, and it is written.
  await vi.waitFor(() => expect(readdirSync(join(folder, 'downloads'))).toEqual([]), {
    timeout: 60_000,
  });
  await stop();
  expect(readdirSync(join(folder, 'pictures'))).toEqual([]); // it was there for a moment
});
