import type { Box } from '../networks/detections.js';
import type { Border } from './border.js';
import type { FaceMask } from './objective.js';
import type { Size } from './picture.js';

/*
 * A face is an ellipse about its box, which goes from the brows to the chin and from cheek to cheek. Distances from the
 * middle are in units of the box's sides, so its own edges are at ½.
 */

/** Up to here a face counts in full. */
const FULL = 0.35;
/** From here on it does not count. In between it fades, so that no edge shows in the paint. */
const END = 0.75;
/** The middle of a head is this much above the middle of its box, for there is a forehead. */
const RISE = 0.1;

/** The mask of faces in a picture of a size that is mirrored outward to a border: there are faces in the mirrors, too. */
export function faceMask(faces: readonly Box[], size: Size, border: Border): FaceMask {
  return (grid) => {
    const xs = positions(grid.width, size.width, border.left, border.right);
    const ys = positions(grid.height, size.height, border.top, border.bottom);
    const values = ys.flatMap((y) =>
      xs.map((x) => Math.max(0, ...faces.map((face) => faceAt(face, x, y)))),
    );
    return Float32Array.from(values);
  };
}

/** How much of a face is at a point: 1 in its middle, 0 outside. */
function faceAt({ left, top, width, height }: Box, x: number, y: number): number {
  const across = (x - left) / width - 0.5;
  const down = (y - top) / height - 0.5 + RISE;
  const t = (END - Math.hypot(across, down)) / (END - FULL);
  const clamped = Math.min(1, Math.max(0, t));
  return clamped ** 2 * (3 - 2 * clamped); // flat at both ends
}

/** Where the middles of `count` cells lie in the picture, 0..1, if they cover an extent and what is mirrored beside it. */
function positions(
  count: number,
  extent: number,
  before: number,
  after: number,
): readonly number[] {
  const step = (before + extent + after) / count;
  return Array.from({ length: count }, (_, i) => {
    const position = Math.abs(((i + 0.5) * step - before) / extent) % 2;
    return position <= 1 ? position : 2 - position; // the mirrors stand at 0 and 1
  });
}
