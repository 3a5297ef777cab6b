import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { overlap, type Detection } from '../../src/networks/detections.js';
import { projectRoot } from '../../src/paths.js';
import { decodePicture } from '../../src/render/decode.js';
import { openStudio } from '../../src/render/studio.js';
import { pictureOf, type Picture } from '../../src/style/picture.js';
import { stylize } from '../../src/style/stylize.js';
import { usualPainting } from '../support/jobs.js';
import { backgroundStyleLoss } from '../support/regions.js';

/*
 * npm run bench:faces [-- --quick] [-- photo.jpg …]: what becomes of faces when portraits are painted at strength 50,
 * with the mask and without. The portraits of test/portraits as they are and mirrored; other photos may be named
 * instead.
 */

/** Two boxes that share half of what they cover are at the same place. */
const SAME = 0.5;

/** Narrower faces are counted by themselves, in pixels: a stroke is as wide as they are. */
const SMALL = 24;

const program = new Command('npm run bench:faces --')
  .description('What becomes of faces when portraits are painted, with the mask and without.')
  .argument('[photos...]', 'files (default: the portraits of test/portraits)')
  .option('--quick', 'two styles, and nothing mirrored')
  .option('--size <pixels>', 'longest side', Number, 320)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();
const { quick = false, size } = program.opts<{ quick?: boolean; size: number }>();

const jpegs = (folder: string) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => join(projectRoot, folder, name));
const photos = program.args.length > 0 ? program.args : jpegs('test/portraits');
const styles = jpegs('data/styles').slice(0, quick ? 2 : undefined);

const studio = await openStudio({ network: 'auto', device: 'auto' });
/** With the mask and without: of how many faces, larger and small, how many are left, and sums over the others. */
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
    for (const mask of ['without', 'with'] as const) await measure(photo, faces, painting, mask);
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

async function measure(
  photo: Picture,
  faces: readonly Detection[],
  painting: Picture,
  mask: keyof typeof sums,
): Promise<void> {
  const boxes = faces.map(({ box }) => box);
  const picture = await stylize(studio, {
    ...usualPainting,
    content: photo,
    styles: [{ picture: painting, weight: 1 }],
    faces: mask === 'with' ? boxes : [],
  });
  const found = await studio.findFaces(picture);
  const sum = sums[mask];
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

function newSum() {
  const newCount = () => ({ faces: 0, found: 0 });
  return { pictures: 0, larger: newCount(), small: newCount(), styleLoss: 0, shift: 0 };
}
