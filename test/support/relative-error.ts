/** ‖a − b‖ / ‖b‖ */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? NaN;
    error += ((actual[i] ?? NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(error / norm);
}
