import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../../src/paths.js';
import { costPer1000, dollars, mostPerDay, PRICES } from '../../../../src/platforms/x/prices.js';

it('a thousand mentions with two pictures cost what X’s prices add up to', () => {
  const { least, most } = costPer1000('painted, by two pictures in the mention');
  const answer = PRICES.reply + PRICES.mediaMetadata;
  expect(least).toBeCloseTo(1000 * (PRICES.ownedRead + answer), 9);
  expect(most).toBeCloseTo(1000 * (PRICES.ownedRead + PRICES.user + 2 * PRICES.media + answer), 9);
});

it('a day costs no more than if everybody had pictures painted again, which is the most for two reads', () => {
  const again = PRICES.ownedRead + PRICES.user + PRICES.reply + PRICES.mediaMetadata;
  expect(mostPerDay(1000)).toBeCloseTo(500 * again);
  const docs = readFileSync(join(projectRoot, 'docs/x.md'), 'utf8');
  expect(docs).toContain(`about ${dollars(mostPerDay(1000))}`);
});
