import { CHANNELS, type Picture, type Size } from './picture.js';

/**
 * The picture at another size, by a Catmull-Rom cubic whose support grows when shrinking, so that nothing aliases.
 * Values may overshoot 0..1 slightly beside sharp edges.
 */
export function resample(picture: Picture, size: Size): Picture {
  if (picture.width === size.width && picture.height === size.height) return picture;
  const horizontal = taps(picture.width, size.width);
  const vertical = taps(picture.height, size.height);
  const rows = new Float32Array(CHANNELS * picture.height * size.width);
  apply(picture.data, rows, horizontal, {
    lines: CHANNELS * picture.height,
    lineStep: [picture.width, size.width],
    pixelStep: 1,
  });
  const data = new Float32Array(CHANNELS * size.height * size.width);
  for (let channel = 0; channel < CHANNELS; channel++)
    apply(
      rows.subarray(channel * picture.height * size.width),
      data.subarray(channel * size.height * size.width),
      vertical,
      { lines: size.width, lineStep: [1, 1], pixelStep: size.width },
    );
  return { ...size, data };
}

/** For one pixel of the result: which source pixels it is made of, and with what weights (which sum to 1). */
interface Tap {
  readonly first: number;
  readonly weights: Float32Array;
}

function taps(from: number, to: number): readonly Tap[] {
  const ratio = from / to;
  const stretch = Math.max(1, ratio);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * ratio - 0.5;
    const first = Math.max(0, Math.ceil(center - 2 * stretch));
    const last = Math.min(from - 1, Math.floor(center + 2 * stretch));
    const weights = Float32Array.from({ length: last - first + 1 }, (_, k) =>
      catmullRom((first + k - center) / stretch),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

/** Keys, "Cubic convolution interpolation for digital image processing", 1981, equation 15 (a = -1/2). */
function catmullRom(distance: number): number {
  const t = Math.abs(distance);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  if (t < 2) return -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2;
  return 0;
}

interface Layout {
  readonly lines: number;
  /** Distance between the starts of neighboring lines in the source and in the target. */
  readonly lineStep: readonly [number, number];
  /** Distance between neighboring pixels of a line, in both. */
  readonly pixelStep: number;
}

function apply(
  source: Float32Array,
  target: Float32Array,
  tapsOfLine: readonly Tap[],
  { lines, lineStep: [sourceStep, targetStep], pixelStep }: Layout,
): void {
  for (let line = 0; line < lines; line++) {
    let to = line * targetStep;
    for (const { first, weights } of tapsOfLine) {
      const from = line * sourceStep + first * pixelStep;
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += (weights[i] ?? 0) * (source[from + i * pixelStep] ?? 0);
      target[to] = sum;
      to += pixelStep;
    }
  }
}
