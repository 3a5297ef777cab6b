import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { overlap } from '../../../src/networks/detections.js';
import { projectRoot } from '../../../src/paths.js';
import { decodePicture } from '../../../src/render/decode.js';
import { faceFinder } from '../../../src/render/faces.js';
import { pictureOf, type Picture } from '../../../src/style/picture.js';
import { flat } from '../../support/pictures.js';
import { portrait } from '../../support/portraits.js';

const find = faceFinder();
const open = (name: Parameters<typeof portrait>[0], size = 512) =>
  decodePicture(portrait(name), size, 'exactly');

/** A picture on a larger gray one. */
function placed(picture: Picture, at: { x: number; y: number }, width: number, height: number) {
  return pictureOf({ width, height }, (channel, y, x) => {
    const [row, column] = [y - at.y, x - at.x];
    const isInside = row >= 0 && row < picture.height && column >= 0 && column < picture.width;
    const i = (channel * picture.height + row) * picture.width + column;
    return isInside ? (picture.data[i] ?? NaN) : 0.5;
  });
}

describe('the finder of faces', () => {
  // Where a person sees them: from the brows to the chin, from cheek to cheek.
  it.each([
    ['astronaut', { left: 0.35, top: 0.15, width: 0.19, height: 0.2 }],
    ['grace-hopper', { left: 0.33, top: 0.25, width: 0.37, height: 0.31 }],
    ['antoine-claudet', { left: 0.33, top: 0.19, width: 0.15, height: 0.13 }],
  ] as const)('finds the face of %s, and nothing else', async (name, expected) => {
    for (const size of [256, 512]) {
      const faces = await find(await open(name, size));
      expect(faces).toHaveLength(1);
      const [face] = faces;
      expect(face && overlap(face.box, expected)).toBeGreaterThan(0.7);
      expect(face?.score).toBeGreaterThan(0.7);
    }
  });

  it('knows the eyes from the nose and the mouth', async () => {
    const [face] = await find(await open('astronaut'));
    const [right, left, nose, mouth] = face?.points ?? [];
    // In pixels of 512, as a person sees them: eyes at (202, 105) and (247, 105), mouth at (226, 146).
    for (const [point, x, y] of [
      [right, 202, 105],
      [left, 247, 105],
      [nose, 226, 123],
      [mouth, 226, 146],
    ] as const) {
      expect(Math.abs((point?.x ?? NaN) * 512 - x)).toBeLessThan(8);
      expect(Math.abs((point?.y ?? NaN) * 512 - y)).toBeLessThan(8);
    }
  });

  it('finds small faces among several people', async () => {
    const faces = await find(await open('expedition'));
    expect(faces.length).toBeGreaterThanOrEqual(3);
    // They stand side by side, their heads in the upper half.
    for (const { box } of faces) {
      expect(box.top + box.height / 2).toBeLessThan(0.5);
      expect(box.width).toBeLessThan(0.1);
    }
  });

  it('finds a face wherever it is in a picture of whatever shape', async () => {
    const small = await open('grace-hopper', 160);
    const [alone] = await find(small);
    if (alone === undefined) throw new Error('no face');
    for (const [width, height, x, y] of [
      [600, 300, 0, 0],
      [600, 300, 460, 140],
      [300, 600, 80, 220],
      [512, 512, 190, 170],
    ] as const) {
      const [face, ...others] = await find(placed(small, { x, y }, width, height));
      expect(others).toEqual([]);
      const expected = {
        left: (x + alone.box.left * small.width) / width,
        top: (y + alone.box.top * small.height) / height,
        width: (alone.box.width * small.width) / width,
        height: (alone.box.height * small.height) / height,
      };
      expect(face && overlap(face.box, expected)).toBeGreaterThan(0.7);
    }
  });

  it('finds none in the sample landscapes, nor in nothing', async () => {
    const folder = join(projectRoot, 'data/samples');
    const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names)
      for (const size of [256, 512])
        expect(await find(await decodePicture(join(folder, name), size, 'exactly'))).toEqual([]);
    for (const value of [0, 0.5, 1])
      expect(await find(flat({ width: 300, height: 200 }, value, value, value))).toEqual([]);
    expect(await find(flat({ width: 16, height: 400 }, 0.5, 0.5, 0.5))).toEqual([]);
  });

  it('loads its network at the first picture, and only once', async () => {
    let loads = 0;
    const lazy = faceFinder(() => {
      loads++;
      return Promise.resolve({ side: 8, detect: () => Promise.resolve([]) });
    });
    expect(loads).toBe(0);
    const picture = flat({ width: 20, height: 20 }, 0, 0, 0);
    await Promise.all([lazy(picture), lazy(picture)]);
    expect(loads).toBe(1);
  });

  it('leaves a face that one look cuts off to the look that sees it whole', async () => {
    // A detector that claims a face over the right edge of whatever it sees.
    const box = { left: 0.8, top: 0.4, width: 0.4, height: 0.2 };
    const detector = {
      side: 8,
      detect: () => Promise.resolve([{ box, points: [], score: 0.9 }]),
    };
    const faces = await faceFinder(() => Promise.resolve(detector))(
      flat({ width: 400, height: 200 }, 0, 0, 0),
    );
    // Only where the picture ends, too, is it not another look's.
    for (const { box } of faces) expect(box.left + box.width).toBeGreaterThan(1);
    expect(faces.length).toBeGreaterThan(0);
  });
});
