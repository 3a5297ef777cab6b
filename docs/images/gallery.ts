/**
 * Paints the pictures of the README and of docs/: npm run gallery (-- --only dream), in about half an hour.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../src/paths.js';
import type { RenderJob } from '../../src/render/job.js';
import { openStudio, paint } from '../../src/render/studio.js';
import { saveRows } from './layout.js';

interface Strip {
  /** Of each picture, in pixels. */
  readonly height: number;
  readonly rows: () => Promise<readonly (readonly string[])[]>;
}

/** Those of people are kept with the tests. */
const portraits = ['astronaut', 'grace-hopper'];
const photo = (name: string) =>
  join(projectRoot, portraits.includes(name) ? 'test/portraits' : 'data/samples', `${name}.jpg`);
const style = (name: string) => join(projectRoot, 'data/styles', `${name}.jpg`);

type Painting = Extract<RenderJob, { effect: 'painting' | 'variations' }>;
type Dream = Extract<RenderJob, { effect: 'dream' }>;

const strips: Readonly<Record<string, Strip>> = {
  /** Photo, painting and result in each row. */
  pairs: {
    height: 300,
    rows: () =>
      eachOf(
        [
          ['dust-bowl-home', 'harbor-knife'],
          ['alpine-landscape', 'lavender-river'],
          ['lily-leek', 'sundown-window'],
        ] as const,
        async ([content, painting]) => [
          photo(content),
          style(painting),
          await painted(content, [[painting, 1]], { size: 512 }),
        ],
      ),
  },
  strength: {
    height: 260,
    rows: async () => [
      await eachOf([10, 30, 50, 70, 90], (strength) =>
        painted('nagasaki-boats', [['ploughland-linocut', 1]], { strength }),
      ),
    ],
  },
  scale: {
    height: 300,
    rows: async () => [
      await eachOf([50, 100, 200], (scale) =>
        painted('dust-bowl-home', [['lighthouse-eddies', 1]], { scale }),
      ),
    ],
  },
  /** The photo, in the painting's colors, and in its own. */
  colors: {
    height: 300,
    rows: async () => [
      [
        photo('nagasaki-boats'),
        ...(await eachOf(['paint', 'keep'] as const, (colors) =>
          painted('nagasaki-boats', [['harbor-knife', 1]], { colors }),
        )),
      ],
    ],
  },
  /** The photo, without and with care for faces. */
  faces: {
    height: 300,
    rows: () =>
      eachOf(
        [
          ['astronaut', 'lighthouse-eddies'],
          ['grace-hopper', 'sundown-window'],
        ] as const,
        async ([content, painting]) => [
          photo(content),
          ...(await eachOf([false, true], (faces) => painted(content, [[painting, 1]], { faces }))),
        ],
      ),
  },
  blend: {
    height: 260,
    rows: async () => [
      await eachOf(
        [
          [100, 0],
          [70, 30],
          [50, 50],
          [30, 70],
          [0, 100],
        ] as const,
        ([one, other]) =>
          painted('lily-leek', [
            ['sundown-window', one],
            ['lighthouse-eddies', other],
          ]),
      ),
    ],
  },
  dream: {
    height: 260,
    rows: async () => [
      await eachOf([25, 50, 100], (strength) => dreamed('nagasaki-boats', { strength, size: 512 })),
    ],
  },
  variations: {
    height: 400,
    rows: async () => [
      [await painted('dust-bowl-home', [['harbor-knife', 1]], { effect: 'variations', size: 512 })],
    ],
  },
};

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const names = values.only ?? Object.keys(strips);
const studio = await openStudio({ network: 'auto', device: 'auto' });
const folder = await mkdtemp(join(tmpdir(), 'pentimento-gallery-'));
let made = 0;
try {
  for (const name of names) {
    const strip = strips[name];
    if (strip === undefined)
      throw new Error(`there is no ${name}; there are ${Object.keys(strips).join(', ')}`);
    const file = join(projectRoot, 'docs/images', `${name}.jpg`);
    await saveRows(file, await strip.rows(), strip.height);
    console.log(file);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** One after the other: each painting uses the whole machine. */
async function eachOf<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await make(item));
  return results;
}

/** A photo in the manner of house styles by weight; those of weight 0 are left out. */
function painted(
  content: string,
  styles: readonly (readonly [name: string, weight: number])[],
  changes: Partial<Painting> = {},
): Promise<string> {
  return finished({
    effect: 'painting',
    ...usual(content),
    styles: styles
      .filter(([, weight]) => weight > 0)
      .map(([name, weight]) => ({ file: style(name), weight })),
    ...changes,
  });
}

function dreamed(content: string, changes: Partial<Dream>): Promise<string> {
  return finished({ effect: 'dream', ...usual(content), ...changes });
}

function usual(content: string) {
  return {
    content: photo(content),
    output: join(folder, `${++made}.png`),
    size: 384,
    strength: 50,
    scale: 100,
    colors: 'paint',
    faces: true,
    quality: 'normal',
    seed: 1,
  } as const;
}

async function finished(job: RenderJob): Promise<string> {
  const { width, height, seconds } = await paint(studio, job);
  console.log(`${job.effect}: ${width}×${height} in ${seconds.toFixed(1)} s`);
  return job.output;
}
