import sharp from 'sharp';
import { expect, it } from 'vitest';
import { answerTo, mention, pair, scene } from '../support/scene.js';

it('answers a mention with two pictures by the repainted photo, no more publicly than it was asked', async () => {
  const { ada, start } = await scene();
  const bot = await start();
  const asked = await mention(ada, 'please #draft #strength80', await pair(), {
    spoilerText: 'art',
    sensitive: true,
  });
  const answer = await answerTo(ada, asked);
  expect(answer.content).toContain('strength 80');
  expect(answer).toMatchObject({
    visibility: 'unlisted',
    inReplyToId: asked.id,
    spoilerText: 'art',
    sensitive: true,
  });
  expect(answer.mentions.map(({ username }) => username)).toEqual(['ada']);
  const [painted] = answer.mediaAttachments;
  expect(painted?.description).toContain('picture 1');
  expect(painted?.description).toContain('picture 2');
  const bytes = await (await fetch(painted?.url ?? '')).arrayBuffer();
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 48 });
  const seen = await ada.rest.v1.statuses.$select(asked.id).fetch();
  expect(seen.favouritesCount).toBe(1);
  expect(await bot.end('SIGTERM')).toBe(0);
});
