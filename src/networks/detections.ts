/*
 * What a single-shot detector's numbers mean. Pure: from scores and offsets to boxes.
 *
 * Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs" (2019).
 */

/** A rectangle in units of the picture's width and height: the picture itself is 0, 0, 1, 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A face: its box, from the brows to the chin, and six points, in the same units. */
export interface Detection {
  readonly box: Box;
  /** The right eye, the left eye (the person's own), the tip of the nose, the mouth, the right ear and the left ear. */
  readonly points: readonly Point[];
  /** How likely it is a face, 0..1. */
  readonly score: number;
}

/** A grid of cells over the picture, each with some anchors in its middle, from which faces are measured. */
export interface Grid {
  /** Along each side. */
  readonly cells: number;
  readonly anchorsPerCell: number;
}

/** What the network says of one grid: a logit per anchor, and its face, NUMBERS numbers in pixels from the anchor. */
export interface Prediction {
  readonly grid: Grid;
  readonly logits: Float32Array;
  readonly offsets: Float32Array;
}

/** The numbers of one anchor: its box's center and extents, and six points, each as x and y. */
export const NUMBERS = 16;

/** From which overlap on, as the share of their union, two boxes are taken for one face. */
const SAME = 0.3;

/**
 * The faces that the anchors claim, with at least the score, in a picture of `side`×`side` pixels. Many anchors claim
 * the same face; `merged` makes one of them.
 */
export function decoded(
  { grid, logits, offsets }: Prediction,
  side: number,
  minScore: number,
): readonly Detection[] {
  const detections: Detection[] = [];
  for (const [i, logit] of logits.entries()) {
    const score = sigmoid(logit);
    if (score < minScore) continue;
    const cell = Math.floor(i / grid.anchorsPerCell);
    const anchor = {
      x: ((cell % grid.cells) + 0.5) / grid.cells,
      y: (Math.floor(cell / grid.cells) + 0.5) / grid.cells,
    };
    const number = (k: number) => (offsets[i * NUMBERS + k] ?? NaN) / side;
    const point = (k: number): Point => ({ x: anchor.x + number(k), y: anchor.y + number(k + 1) });
    // All anchors are square and of one size (section 3, "Anchor scheme"), so the extents stand for themselves.
    const [center, width, height] = [point(0), number(2), number(3)];
    detections.push({
      box: { left: center.x - width / 2, top: center.y - height / 2, width, height },
      points: Array.from({ length: NUMBERS / 2 - 2 }, (_, k) => point(4 + 2 * k)),
      score,
    });
  }
  return detections;
}

/**
 * One detection for each face, the likeliest first. Those that overlap are not suppressed for the likeliest one but
 * averaged with it, weighted by their scores (Bazarevsky et al., section 3, "Post-processing"): no anchor is
 * exactly right, and their errors cancel.
 */
export function merged(detections: readonly Detection[]): readonly Detection[] {
  let rest = detections.toSorted((a, b) => b.score - a.score);
  const faces: Detection[] = [];
  for (let best = rest[0]; best !== undefined; best = rest[0]) {
    const { box, score } = best;
    const same = rest.filter((other) => other === best || overlap(box, other.box) >= SAME);
    faces.push({ ...mean(same), score });
    rest = rest.filter((other) => !same.includes(other));
  }
  return faces;
}

/** The area that two boxes share over the area that they cover together, 0..1 ("intersection over union"). */
export function overlap(a: Box, b: Box): number {
  const along = (start: 'left' | 'top', extent: 'width' | 'height') =>
    Math.max(
      0,
      Math.min(a[start] + a[extent], b[start] + b[extent]) - Math.max(a[start], b[start]),
    );
  const shared = along('left', 'width') * along('top', 'height');
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function mean(detections: readonly Detection[]): Omit<Detection, 'score'> {
  const total = detections.reduce((sum, { score }) => sum + score, 0);
  const of = (value: (detection: Detection) => number) =>
    detections.reduce((sum, detection) => sum + detection.score * value(detection), 0) / total;
  const points = detections[0]?.points ?? [];
  return {
    box: {
      left: of(({ box }) => box.left),
      top: of(({ box }) => box.top),
      width: of(({ box }) => box.width),
      height: of(({ box }) => box.height),
    },
    points: points.map((_, i) => ({
      x: of((detection) => detection.points[i]?.x ?? NaN),
      y: of((detection) => detection.points[i]?.y ?? NaN),
    })),
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
