import { loadBlazeFace, type FaceDetector } from '../networks/blazeface.js';
import { merged, type Box, type Detection } from '../networks/detections.js';
import { pictureOf, type Picture, type Size } from '../style/picture.js';
import { resample } from '../style/resample.js';

/** The faces in a picture of any size, the likeliest first; boxes and points in units of its sides. */
export type FindFaces = (picture: Picture) => Promise<readonly Detection[]>;

/** A square of a picture, in pixels; it may reach beyond the picture. */
interface Look {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** A finder of faces. Its network is not even loaded before the first picture. */
export function faceFinder(load: () => Promise<FaceDetector> = loadBlazeFace): FindFaces {
  let loading: Promise<FaceDetector> | undefined;
  return async (picture) => {
    const detector = await (loading ??= load());
    const square = { width: detector.side, height: detector.side };
    const found: Detection[] = [];
    for (const look of looks(picture)) {
      const { data } = resample(seen(picture, look), square);
      const faces = (await detector.detect(data)).filter(({ box }) => !isCut(box, look, picture));
      found.push(...faces.map((face) => inPicture(face, look, picture)));
    }
    return merged(found);
  };
}

/**
 * The whole picture, in the middle of a square, and then squares half as wide for faces that are too small there. Each
 * of these begins at most half its width after the one before it, so a face up to that size lies whole in one of them.
 */
function looks({ width, height }: Size): readonly Look[] {
  const longest = Math.max(width, height);
  const side = Math.ceil(longest / 2);
  const starts = (extent: number): readonly number[] => {
    const rest = extent - side;
    if (rest <= 0) return [rest / 2];
    const steps = Math.ceil(rest / (side / 2));
    return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * rest) / steps));
  };
  return [
    { left: (width - longest) / 2, top: (height - longest) / 2, side: longest },
    ...starts(height).flatMap((top) => starts(width).map((left) => ({ left, top, side }))),
  ].map(({ left, top, side }) => ({ left: Math.floor(left), top: Math.floor(top), side }));
}

/** What a look sees: gray beyond the picture. */
function seen({ width, height, data }: Picture, { left, top, side }: Look): Picture {
  return pictureOf({ width: side, height: side }, (channel, row, column) => {
    const [y, x] = [top + row, left + column];
    const isInside = x >= 0 && x < width && y >= 0 && y < height;
    return isInside ? (data[(channel * height + y) * width + x] ?? 0) : 0.5;
  });
}

/** Whether a box, in units of the look, goes on beyond it where the picture does: another look sees the whole face. */
function isCut({ left, top, width, height }: Box, look: Look, picture: Size): boolean {
  const ends = (start: number, extent: number, from: number, whole: number) =>
    (start < 0 && from > 0) || (start + extent > 1 && from + look.side < whole);
  return ends(left, width, look.left, picture.width) || ends(top, height, look.top, picture.height);
}

/** From units of the look to units of the picture. */
function inPicture({ box, points, score }: Detection, look: Look, picture: Size): Detection {
  const x = (value: number) => (look.left + value * look.side) / picture.width;
  const y = (value: number) => (look.top + value * look.side) / picture.height;
  return {
    box: {
      left: x(box.left),
      top: y(box.top),
      width: (box.width * look.side) / picture.width,
      height: (box.height * look.side) / picture.height,
    },
    points: points.map((point) => ({ x: x(point.x), y: y(point.y) })),
    score,
  };
}
