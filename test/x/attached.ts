import sharp from 'sharp';
import type { Media, User, World } from './world.js';

/** A picture as a person adds it to a post of theirs. */
export async function attached(
  world: World,
  owner: User,
  { data, description }: { readonly data: Buffer; readonly description: string },
): Promise<Media> {
  const { width, height, format } = await sharp(data).metadata();
  const media = world.upload(owner, `image/${format}`, data.length);
  return Object.assign(media, {
    data,
    width,
    height,
    altText: description,
    state: 'succeeded' as const,
  });
}
