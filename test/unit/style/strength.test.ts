import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { memoryOf } from '../../../src/style/memory.js';
import { corrected, likenessAt, likenessBefore } from '../../../src/style/strength.js';

describe('what a strength promises', () => {
  it('is the photo itself at 0, half of it at 50, and less with every step', () => {
    expect(likenessAt(0)).toBe(1);
    expect(likenessAt(50)).toBe(0.5);
    const promises = Array.from({ length: 101 }, (_, strength) => likenessAt(strength));
    expect(promises).toEqual(promises.toSorted((a, b) => b - a));
    expect(new Set(promises).size).toBe(101);
    expect(promises.at(-1)).toBeGreaterThan(0.15); // less has nothing to do with the photo
  });

  it('is less while some is to come by itself, but never what two unrelated pictures have in common', () => {
    expect(likenessBefore(0.5, 0)).toBe(0.5);
    expect(likenessBefore(0.5, 0.1)).toBe(0.4);
    expect(likenessBefore(0.25, 0.2)).toBe(0.15);
  });
});

describe('the correction of the content’s factor', () => {
  const likenesses = fc.double({ min: 0, max: 1, noNaN: true });
  const factors = fc.double({ min: 1 / 64, max: 64, noNaN: true });

  it('goes up if too little of the photo is left, down if too much, and stays if it is right', () => {
    fc.assert(
      fc.property(factors, likenesses, likenesses, (factor, found, wanted) => {
        const next = corrected(factor, found, wanted);
        if (found < wanted) expect(next).toBeGreaterThanOrEqual(factor);
        if (found > wanted) expect(next).toBeLessThanOrEqual(factor);
        expect(corrected(factor, found, found)).toBeCloseTo(factor);
      }),
    );
  });

  it('is never so large that there is no way back', () => {
    fc.assert(
      fc.property(factors, likenesses, likenesses, (factor, found, wanted) => {
        const next = corrected(factor, found, wanted);
        expect(next / factor).toBeLessThanOrEqual(8 + 1e-9);
        expect(factor / next).toBeLessThanOrEqual(8 + 1e-9);
        expect(next).toBeGreaterThanOrEqual(1 / 64);
        expect(next).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe('the memory for manners', () => {
  const manner = (floats: number) => ({
    grams: new Map([['layer', new Float32Array(floats)]]),
    moments: new Map<string, Float32Array>(),
    roughness: 0,
  });

  it('computes once what is asked for again', async () => {
    const memory = memoryOf(1000);
    let computed = 0;
    const compute = () => Promise.resolve(manner(++computed));
    const first = await memory.recall('a', compute);
    expect(await memory.recall('a', compute)).toBe(first);
    expect(await memory.recall('b', compute)).not.toBe(first);
    expect(computed).toBe(2);
  });

  it('forgets first what was not asked for the longest, and holds no more bytes than it may', async () => {
    const memory = memoryOf(100); // 25 numbers
    const computed: string[] = [];
    const ask = (key: string, floats = 10) =>
      memory.recall(key, () => {
        computed.push(key);
        return Promise.resolve(manner(floats));
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key);
    expect(computed).toEqual(['a', 'b', 'c', 'b']);
    await ask('large', 26); // too much even by itself, and so not kept
    await ask('large', 26);
    expect(computed.slice(4)).toEqual(['large', 'large']);
  });

  it('remembers nothing that failed', async () => {
    const memory = memoryOf(100);
    await expect(memory.recall('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await memory.recall('a', () => Promise.resolve(manner(1)))).toEqual(manner(1));
  });
});
