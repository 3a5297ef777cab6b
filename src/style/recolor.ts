import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { CHANNELS, pictureOf, type Picture } from './picture.js';

/** The mean color and the 3×3 covariance of the colors of a picture. */
export interface ColorStatistics {
  readonly mean: readonly number[];
  readonly covariance: Matrix;
}

/** Keeps a picture of a single color invertible: a variance far below one step of 8-bit color. */
const EPSILON = 1e-6;

export function colorStatistics({ width, height, data }: Picture): ColorStatistics {
  const pixels = width * height;
  const planes = Array.from({ length: CHANNELS }, (_, c) =>
    data.subarray(c * pixels, (c + 1) * pixels),
  );
  const mean = planes.map((plane) => plane.reduce((sum, value) => sum + value, 0) / pixels);
  const covariance = Matrix.zeros(CHANNELS, CHANNELS);
  for (const [i, a] of planes.entries())
    for (const [j, b] of planes.entries()) {
      let sum = 0;
      for (let p = 0; p < pixels; p++)
        sum += ((a[p] ?? 0) - (mean[i] ?? 0)) * ((b[p] ?? 0) - (mean[j] ?? 0));
      covariance.set(i, j, sum / pixels + (i === j ? EPSILON : 0));
    }
  return { mean, covariance };
}

/** The statistics of a mixture; the weights sum to 1. The spread between the means is left out: it is no one's palette. */
export function mixStatistics(
  parts: readonly { readonly statistics: ColorStatistics; readonly weight: number }[],
): ColorStatistics {
  const mean = [0, 0, 0];
  const covariance = Matrix.zeros(CHANNELS, CHANNELS);
  for (const { statistics, weight } of parts) {
    for (const [c, value] of statistics.mean.entries()) mean[c] = (mean[c] ?? 0) + weight * value;
    covariance.add(Matrix.mul(statistics.covariance, weight));
  }
  return { mean, covariance };
}

/**
 * The picture with its colors moved to the given mean and covariance by the linear map that moves them least, the
 * Monge-Kantorovitch one (Pitié and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based
 * colour transfer", 2007). Result in 0..1.
 */
export function recolored(picture: Picture, target: ColorStatistics): Picture {
  const source = colorStatistics(picture);
  const root = power(source.covariance, 1 / 2);
  const inverse = power(source.covariance, -1 / 2);
  const middle = power(root.mmul(target.covariance).mmul(root), 1 / 2);
  const map = inverse.mmul(middle).mmul(inverse).to2DArray();
  const { width, height, data } = picture;
  const pixels = width * height;
  return pictureOf(picture, (channel, y, x) => {
    let value = target.mean[channel] ?? 0;
    for (let c = 0; c < CHANNELS; c++)
      value +=
        (map[channel]?.[c] ?? 0) *
        ((data[c * pixels + y * width + x] ?? 0) - (source.mean[c] ?? 0));
    return Math.min(1, Math.max(0, value));
  });
}

/** A symmetric positive matrix to a power, by its eigenvalues. */
function power(matrix: Matrix, exponent: number): Matrix {
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const values = realEigenvalues.map((value) => Math.max(value, EPSILON ** 2) ** exponent);
  return vectors.mmul(Matrix.diag(values)).mmul(vectors.transpose());
}
