import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../src/paths.js';
import { decodePicture } from '../../../src/render/decode.js';
import { openStudio, paint, type Studio } from '../../../src/render/studio.js';
import { usual } from '../../support/jobs.js';
import { temporaryFolder } from '../../support/folder.js';
import { meanOf } from '../../support/pictures.js';

const content = join(projectRoot, 'data/samples/nagasaki-boats.jpg');
const folder = join(projectRoot, 'data/styles');
const paintings = readdirSync(folder).filter((name) => name.endsWith('.jpg'));

describe('a picture file painted with InceptionV3', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio({ network: 'auto', device: 'auto' });
  });

  /** How far the painted file is from the photo of that size, per value, in steps of 8-bit color. */
  async function distance(painting: string, size: number, strength: number): Promise<number> {
    const output = join(temporaryFolder(), 'painted.jpg');
    const styles = [{ file: join(folder, painting), weight: 1 }];
    await paint(studio, { ...usual, content, styles, output, size, strength });
    const [photo, painted] = [
      await decodePicture(content, size, 'exactly'),
      await decodePicture(output, size, 'exactly'),
    ];
    return 255 * meanOf(photo.data.map((value, i) => Math.abs(value - (painted.data[i] ?? NaN))));
  }

  it.each(paintings)('at strength 0 is the photo, not %s', async (painting) => {
    for (const size of [64, 192, 512]) expect(await distance(painting, size, 0)).toBeLessThan(2);
  });
});
