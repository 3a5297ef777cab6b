import { expect, it } from 'vitest';
import { costPer1000, PRICES } from '../../../src/platforms/x/prices.js';

it('a thousand mentions with two pictures cost what X’s prices add up to', () => {
  const { least, most } = costPer1000('painted, by two pictures in the mention');
  const answer = PRICES.reply + PRICES.mediaMetadata;
  expect(least).toBeCloseTo(1000 * (PRICES.ownedRead + answer), 9);
  expect(most).toBeCloseTo(1000 * (PRICES.ownedRead + PRICES.user + 2 * PRICES.media + answer), 9);
});
