import { expect, it } from 'vitest';
import { gpusFor } from '../../simulation/search.js';

/** Waits grow without an end as fewer GPUs than twenty are there. */
const waitWith = (gpus: number) => (gpus < 20 ? Infinity : 1000 / (gpus - 19));

it('the fewest GPUs for each goal are found', () => {
  for (const least of [1, 20, 25])
    expect(gpusFor([100, 50, 1000], least, waitWith)).toEqual([
      { goalSeconds: 100, gpus: Math.max(29, least) },
      { goalSeconds: 50, gpus: 39 },
      { goalSeconds: 1000, gpus: Math.max(20, least) },
    ]);
});

it('no number of GPUs is tried twice', () => {
  const tried: number[] = [];
  gpusFor([100, 50, 1000, 100], 1, (gpus) => {
    tried.push(gpus);
    return waitWith(gpus);
  });
  expect(new Set(tried).size).toBe(tried.length);
});
