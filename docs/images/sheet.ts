/**
 * Paints the pictures of the README and of docs/engine.md: npx tsx docs/images/sheet.ts
 *
 * pairs.jpg: photo, painting and result in each row. strength.jpg: one pair at five strengths.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { projectRoot } from '../../src/paths.js';
import { openStudio, paint } from '../../src/render/studio.js';

const GAP = 8;
const HEIGHT = 300;

const photo = (name: string) => join(projectRoot, 'data/samples', `${name}.jpg`);
const style = (name: string) => join(projectRoot, 'data/styles', `${name}.jpg`);

const pairs = [
  [photo('dust-bowl-home'), style('harbor-knife')],
  [photo('alpine-landscape'), style('lavender-river')],
  [photo('lily-leek'), style('sundown-window')],
] as const;
const usual = {
  effect: 'painting',
  scale: 100,
  colors: 'paint',
  faces: true,
  quality: 'normal',
} as const;
const strengths = [0, 25, 50, 75, 100];

const studio = await openStudio();
const folder = await mkdtemp(join(tmpdir(), 'pentimento-sheet-'));
try {
  const rows = [];
  for (const [content, painting] of pairs)
    rows.push([content, painting, await painted(content, painting, 50)]);
  await save('pairs', rows);

  const results = [];
  for (const strength of strengths)
    results.push(await painted(photo('nagasaki-boats'), style('ploughland-linocut'), strength));
  await save('strength', [results]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function painted(content: string, painting: string, strength: number): Promise<string> {
  const output = join(folder, `${Math.random()}.png`);
  const styles = [{ file: painting, weight: 1 }];
  const job = { content, styles, output, size: 512, strength, seed: 1, ...usual };
  const { width, height, seconds } = await paint(studio, job);
  console.log(`${content} at ${strength}: ${width}×${height} in ${seconds.toFixed(1)} s`);
  return output;
}

/** Puts pictures side by side, all of one height, each row centered under the widest. */
async function save(name: string, rows: readonly (readonly string[])[]): Promise<void> {
  const bands = await Promise.all(rows.map(row));
  const width = Math.max(...bands.map((band) => band.width));
  const sheet = sharp({
    create: {
      width,
      height: bands.length * (HEIGHT + GAP) - GAP,
      channels: 3,
      background: 'white',
    },
  });
  const file = join(projectRoot, 'docs/images', `${name}.jpg`);
  await sheet
    .composite(
      bands.map(({ data, width: own }, i) => ({
        input: data,
        left: Math.floor((width - own) / 2),
        top: i * (HEIGHT + GAP),
      })),
    )
    .jpeg({ quality: 85 })
    .toFile(file);
  console.log(file);
}

async function row(files: readonly string[]): Promise<{ data: Buffer; width: number }> {
  const pictures = await Promise.all(
    files.map((file) =>
      sharp(file).resize({ height: HEIGHT }).png().toBuffer({ resolveWithObject: true }),
    ),
  );
  let left = 0;
  const placed = pictures.map(({ data, info }) => {
    const place = { input: data, left, top: 0 };
    left += info.width + GAP;
    return place;
  });
  const width = left - GAP;
  const data = await sharp({ create: { width, height: HEIGHT, channels: 3, background: 'white' } })
    .composite(placed)
    .png()
    .toBuffer();
  return { data, width };
}
