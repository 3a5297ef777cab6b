/** Paints the house styles: `npx tsx data/styles/draw/draw.ts [name…]`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Panel } from './brush.js';
import { linocut } from './linocut.js';
import { meadow } from './meadow.js';
import { nocturne } from './nocturne.js';
import { town } from './town.js';
import { stainedGlass } from './window.js';

interface Painting {
  readonly file: string;
  readonly paint: () => Panel;
  readonly relief: number;
}

const PAINTINGS: readonly Painting[] = [
  { file: 'lighthouse-eddies.jpg', paint: nocturne, relief: 0.5 },
  { file: 'lavender-river.jpg', paint: meadow, relief: 0.3 },
  { file: 'ploughland-linocut.jpg', paint: linocut, relief: 0.3 },
  { file: 'harbor-knife.jpg', paint: town, relief: 0.4 },
  { file: 'sundown-window.jpg', paint: stainedGlass, relief: 0.3 },
];

const wanted = process.argv.slice(2);
for (const { file, paint, relief } of PAINTINGS) {
  if (wanted.length > 0 && !wanted.some((name) => file.startsWith(name))) continue;
  const jpeg = await paint().develop(relief).encode('jpeg', 88);
  await writeFile(fileURLToPath(new URL(`../${file}`, import.meta.url)), jpeg);
  console.log(file, `${Math.round(jpeg.length / 1000)} kB`);
}
