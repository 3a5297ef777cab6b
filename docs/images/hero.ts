/**
 * Makes the picture at the top of the page, a photo that becomes a painting: npx tsx docs/images/hero.ts, in some minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { projectRoot } from '../../src/paths.js';
import { openStudio, paint } from '../../src/render/studio.js';
import { complete } from '../../src/requests/parameters.js';

const { blend: _, faces, ...settings } = complete({ size: 768, strength: 75 });
const content = join(projectRoot, 'data/samples/alpine-landscape.jpg');
const style = join(projectRoot, 'data/styles/lavender-river.jpg');

/** As wide as the page shows it on a large screen, and on a phone; with the quality that the page's budget leaves it. */
const versions = [
  { name: 'hero.avif', width: 960, quality: 33 },
  { name: 'hero-small.avif', width: 560, quality: 36 },
];

// The studio reads no SVG of strangers; this one is our own.
sharp.unblock({ operation: ['VipsForeignLoadSvg'] });

const folder = await mkdtemp(join(tmpdir(), 'pentimento-hero-'));
try {
  const output = join(folder, 'painted.png');
  const studio = await openStudio({ network: 'auto', device: 'auto' });
  const styles = [{ file: style, weight: 1 }];
  await paint(studio, {
    ...settings,
    faces: faces === 'on',
    effect: 'painting',
    content,
    styles,
    output,
  });
  for (const { name, width, quality } of versions)
    await (
      await becoming(output, width)
    )
      .avif({ quality, effort: 4 })
      .toFile(join(projectRoot, 'src/web/page', name));
} finally {
  await rm(folder, { recursive: true });
}

/** The photo at the left, the painting at the right, and between them an edge as a broad brush leaves it. */
async function becoming(painted: string, width: number): Promise<Sharp> {
  const picture = sharp(painted).resize({ width });
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { height } = info;
  const edge = await sharp(Buffer.from(brushed(width, height)))
    .greyscale()
    .raw()
    .toBuffer();
  for (let pixel = 0; pixel < width * height; pixel++) data[4 * pixel + 3] = edge[pixel] ?? 0;
  const raw = { width, height, channels: 4 } as const;
  const paint = await sharp(data, { raw }).png().toBuffer();
  const photo = await sharp(content)
    .resize({ width, height, fit: 'fill' })
    .composite([{ input: paint }])
    .removeAlpha()
    .png()
    .toBuffer();
  return sharp(photo);
}

/** White where there is paint: strokes that begin farther to the left or to the right, roughened by noise. */
function brushed(width: number, height: number): string {
  const strokes = 22;
  const rows = Array.from({ length: strokes }, (_, i) => {
    const start = width * (0.36 + 0.12 * Math.sin(i * 2.4) + 0.05 * Math.sin(i * 5.1));
    const y = (height * (i + 0.5)) / strokes;
    return `<path d="M${start} ${y} L${width * 1.1} ${y - 6}" stroke-width="${(1.5 * height) / strokes}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><filter id="rough" x="-5%" y="-5%" width="110%" height="110%">
      <feTurbulence type="fractalNoise" baseFrequency="0.006 0.12" numOctaves="3" seed="4" />
      <feDisplacementMap in="SourceGraphic" scale="${width / 14}" xChannelSelector="R" yChannelSelector="G" />
      <feGaussianBlur stdDeviation="0.8" />
    </filter></defs>
    <rect width="100%" height="100%" fill="black" />
    <rect x="62%" width="38%" height="100%" fill="white" />
    <g stroke="white" stroke-linecap="round" filter="url(#rough)">${rows.join('')}</g>
  </svg>`;
}
