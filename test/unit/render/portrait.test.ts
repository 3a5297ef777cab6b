import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overlap, type Box } from '../../../src/networks/detections.js';
import { usual } from '../../support/jobs.js';
import { projectRoot } from '../../../src/paths.js';
import { decodePicture } from '../../../src/render/decode.js';
import { openStudio, paint, type Studio } from '../../../src/render/studio.js';
import { faceMask } from '../../../src/style/faces.js';
import type { Picture } from '../../../src/style/picture.js';
import { portrait } from '../../support/portraits.js';
import { backgroundStyleLoss } from '../../support/regions.js';

const content = portrait('astronaut');
const style = join(projectRoot, 'data/styles/lighthouse-eddies.jpg');
const size = 144;

describe('a portrait, painted', () => {
  let studio: Studio;
  let photo: Picture;
  let painting: Picture;
  let faces: readonly Box[];
  let careful: Picture;
  let careless: Picture;
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    studio = await openStudio({ network: 'auto', device: 'auto' });
    photo = await decodePicture(content, size, 'exactly');
    painting = await decodePicture(style, size, 'at most');
    faces = (await studio.findFaces(photo)).map(({ box }) => box);
    careful = await painted(true);
    careless = await painted(false);
  }, 300_000);

  async function painted(withFaces: boolean): Promise<Picture> {
    const output = join(folder, 'painted.png');
    const styles = [{ file: style, weight: 1 }];
    // A draft already shows the difference, and there are two to be painted.
    const quick = { ...usual, quality: 'draft' } as const;
    await paint(studio, { ...quick, content, styles, output, size, faces: withFaces });
    return decodePicture(output, size, 'exactly');
  }

  /** How closely light and dark follow the photo in the face, whatever the palette: their correlation, weighted by the mask. */
  function likeness(picture: Picture): number {
    const mask = faceMask(faces, photo, { left: 0, top: 0, right: 0, bottom: 0 })(photo);
    const mean = (of: (pixel: number) => number) =>
      mask.reduce((sum, weight, pixel) => sum + weight * of(pixel), 0) /
      mask.reduce((sum, weight) => sum + weight, 0);
    const lightness = ({ data }: Picture) => {
      const at = (pixel: number) =>
        [0, 1, 2].reduce((sum, c) => sum + (data[c * mask.length + pixel] ?? NaN) / 3, 0);
      const middle = mean(at);
      return (pixel: number) => at(pixel) - middle;
    };
    const [a, b] = [lightness(photo), lightness(picture)];
    const [aa, bb] = [mean((pixel) => a(pixel) ** 2), mean((pixel) => b(pixel) ** 2)];
    return mean((pixel) => a(pixel) * b(pixel)) / Math.sqrt(aa * bb);
  }

  it('keeps the face much closer to the photo, but paints it', () => {
    expect(faces).toHaveLength(1);
    expect(1 - likeness(careful)).toBeLessThan(0.85 * (1 - likeness(careless)));
    expect(likeness(careful)).toBeLessThan(0.99);
  });

  it('has its face found again', async () => {
    const [face] = await studio.findFaces(careful);
    expect(face && overlap(face.box, faces[0] ?? face.box)).toBeGreaterThan(0.7);
  });

  it('is everywhere else as near to the painting’s style as without', async () => {
    const styleLoss = (picture: Picture) =>
      backgroundStyleLoss(studio.recipe, studio.executor, picture, painting, faces);
    const [before, after] = [await styleLoss(careless), await styleLoss(careful)];
    // Nearer, if anything: the more of the photo is left in the face, the less the rest has to keep for the same strength.
    expect(after / before).toBeLessThan(1.1);
    expect(before).toBeLessThan(0.5 * (await styleLoss(photo)));
  });
});
