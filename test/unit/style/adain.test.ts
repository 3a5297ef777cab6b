import { describe, expect, it } from 'vitest';
import * as op from '../../../src/graph/operations.js';
import { adain, channelMoments } from '../../../src/style/adain.js';
import { values } from '../../support/random.js';
import { evaluate } from '../../support/reference.js';

/** The moments of an activation of two channels, by the graph. */
function momentsOf(activation: Float32Array): Float32Array {
  const moments = channelMoments(op.input('x', [1, 2, 1, activation.length / 2]));
  return Float32Array.from(evaluate({ moments }, { x: Float64Array.from(activation) }).moments);
}

const photo = Float32Array.of(1, 2, 3, 2, 5, 5, 6, 8);

describe('the moments of an activation', () => {
  it('are the means of its channels, and then their mean squares', () => {
    expect([...momentsOf(photo)]).toEqual([2, 6, 4.5, 37.5]);
  });
});

describe('a photo in the contrasts of a painting', () => {
  it('has the moments of the painting', () => {
    const painting = values(40, 3).map((value) => 20 + value);
    const [own, asked] = [momentsOf(photo), momentsOf(painting)];
    const moved = momentsOf(adain(photo, own, asked));
    for (const [i, moment] of moved.entries()) expect(moment / (asked[i] ?? NaN)).toBeCloseTo(1, 3);
  });

  it('is itself if it is the painting', () => {
    const own = momentsOf(photo);
    for (const [i, value] of adain(photo, own, own).entries())
      expect(value).toBeCloseTo(photo[i] ?? NaN, 4);
  });

  it('can still be made out after a painting of one color', () => {
    const moved = adain(photo, momentsOf(photo), momentsOf(new Float32Array(8).fill(7)));
    expect([...moved.slice(0, 4)].map((value) => value.toFixed(3))).toEqual(
      [-1, 0, 1, 0].map((value) => (7 + value / 8).toFixed(3)),
    );
  });

  it('is the color of the painting where the photo is of one color, and never below zero', () => {
    const flat = new Float32Array(8).fill(2);
    expect([...adain(flat, momentsOf(flat), momentsOf(photo))]).toEqual([2, 2, 2, 2, 6, 6, 6, 6]);
    const dark = Float32Array.of(0, 0, 0, 4, 0, 0, 0, 4);
    const moved = adain(photo, momentsOf(photo), momentsOf(dark));
    expect(Math.min(...moved)).toBe(0);
  });
});
