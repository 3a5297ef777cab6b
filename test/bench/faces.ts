import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { overlap, type Detection } from '../../src/networks/detections.js';
import { projectRoot } from '../../src/paths.js';
import { decodePicture } from '../../src/render/decode.js';
import { openStudio, type Studio } from '../../src/render/studio.js';
import { pictureOf, type Picture } from '../../src/style/picture.js';
import { stylize } from '../../src/style/stylize.js';
import { usualPainting } from '../support/jobs.js';
import { backgroundStyleLoss } from '../support/regions.js';

/** Two boxes that share half of what they cover are at the same place. */
const SAME = 0.5;

/** Narrower faces are counted by themselves, in pixels: a stroke is as wide as they are. */
const SMALL = 24;

export interface FacesOptions {
  readonly quick?: boolean;
  /** Longest side, in pixels. */
  readonly size: number;
}

/**
 * Paints portraits at strength 50, with the mask and without, and measures how well faces are
 * found again in the pictures. Each portrait is painted as it is and mirrored.
 * @param files photos; if there are none, the portraits of test/portraits
 */
export async function faces(
  files: readonly string[],
  { quick = false, size }: FacesOptions,
): Promise<void> {
  const photos = files.length > 0 ? files : jpegsIn('test/portraits');
  const styles = jpegsIn('data/styles').slice(0, quick ? 2 : undefined);

  const studio = await openStudio({ network: 'auto', device: 'auto' });
  const sums = { with: newSum(), without: newSum() };
  const portraits: Picture[] = [];
  for (const file of photos) {
    const photo = await decodePicture(file, size, 'exactly');
    portraits.push(photo, ...(quick ? [] : [mirror(photo)]));
  }
  let done = 0;
  for (const photo of portraits) {
    const faces = await studio.findFaces(photo);
    for (const style of styles) {
      const painting = await decodePicture(style, size, 'at most');
      for (const mask of ['without', 'with'] as const)
        await measure(studio, photo, faces, painting, mask, sums[mask]);
      done++;
      console.error(`${done} of ${portraits.length * styles.length} pairs`);
    }
  }
  for (const mask of ['without', 'with'] as const) {
    const { larger, small, styleLoss, pictures, shift } = sums[mask];
    const found = larger.found + small.found;
    console.log(
      `${mask} the mask:`.padEnd(18),
      `${larger.found} of ${larger.faces} faces found again, ${small.found} of ${small.faces} of those below ${SMALL} pixels,`,
      `eyes, nose and mouth moved by ${((100 * shift) / found).toFixed(1)} % of the face's width,`,
      `style loss outside of faces ${(styleLoss / pictures).toFixed(3)}`,
    );
  }
}

async function measure(
  studio: Studio,
  photo: Picture,
  faces: readonly Detection[],
  painting: Picture,
  mask: 'with' | 'without',
  sum: Sum,
): Promise<void> {
  const boxes = faces.map(({ box }) => box);
  const picture = await stylize(studio, {
    ...usualPainting,
    content: photo,
    styles: [{ picture: painting, weight: 1 }],
    faces: mask === 'with' ? boxes : [],
  });
  const found = await studio.findFaces(picture);
  sum.pictures++;
  sum.styleLoss += await backgroundStyleLoss(
    studio.recipe,
    studio.executor,
    picture,
    painting,
    boxes,
  );
  for (const face of faces) {
    const count = face.box.width * photo.width < SMALL ? sum.small : sum.larger;
    count.faces++;
    const same = found.find(({ box }) => overlap(box, face.box) >= SAME);
    if (same === undefined) continue;
    count.found++;
    sum.shift += shiftBetween(face, same);
  }
}

/** By how much the two eyes, the nose and the mouth moved on average, in widths of the face. */
function shiftBetween(before: Detection, after: Detection): number {
  const { width, height } = before.box;
  const shifts = before.points.slice(0, 4).map(({ x, y }, i) => {
    const point = after.points[i] ?? { x: NaN, y: NaN };
    return Math.hypot((point.x - x) / width, (point.y - y) / height);
  });
  return shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
}

function mirror(picture: Picture): Picture {
  const { width, height, data } = picture;
  return pictureOf(
    picture,
    (channel, y, x) => data[(channel * height + y) * width + width - 1 - x] ?? 0,
  );
}

function jpegsIn(folder: string): readonly string[] {
  return readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => join(projectRoot, folder, name));
}

type Sum = ReturnType<typeof newSum>;

/** How many faces were found again, larger and small; sums over those, and over the pictures. */
function newSum() {
  const newCount = () => ({ faces: 0, found: 0 });
  return { pictures: 0, larger: newCount(), small: newCount(), styleLoss: 0, shift: 0 };
}
