import { expect, it } from 'vitest';
import { block, blocked, isBlocked, isPattern, unblock } from '../../../src/queue/blocks.js';
import { newPlace, queueAt } from '../../support/queue.js';

it('an account is blocked alone, a domain with everybody there and below', async () => {
  const { database } = queueAt(newPlace());
  await block(database, '@Ada@Mean.example', 1);
  await block(database, 'bad.example', 1);
  await block(database, 'böse.example', 1);
  const judged = await Promise.all(
    [
      'ada@mean.example',
      'ADA@mean.EXAMPLE',
      'bela@mean.example',
      'anyone@bad.example',
      'anyone@sub.bad.example',
      'anyone@xn--bse-sna.example',
      'anyone@notbad.example',
      'bad.example@good.example',
      'anyone@example',
    ].map(async (address) => [address, await isBlocked(database, address)] as const),
  );
  expect(Object.fromEntries(judged)).toEqual({
    'ada@mean.example': true,
    'ADA@mean.EXAMPLE': true,
    'bela@mean.example': false,
    'anyone@bad.example': true,
    'anyone@sub.bad.example': true,
    'anyone@xn--bse-sna.example': true,
    'anyone@notbad.example': false,
    'bad.example@good.example': false,
    'anyone@example': false,
  });
});

it('blocks are listed, tell what they changed, and can be undone', async () => {
  const { database } = queueAt(newPlace());
  expect([await block(database, 'b.example', 1), await block(database, 'B.example', 2)]).toEqual([
    true,
    false,
  ]);
  await block(database, 'a.example', 3);
  expect(await blocked(database)).toEqual(['a.example', 'b.example']);
  expect([await unblock(database, '@B.example'), await unblock(database, 'b.example')]).toEqual([
    true,
    false,
  ]);
  expect(await isBlocked(database, 'anyone@b.example')).toBe(false);
});

it.each([
  ['ada@example.social', true],
  ['@Ada@example.social', true],
  ['example.social', true],
  ['127.0.0.1', true],
  ['ada', false],
  ['@ada', false],
  ['', false],
  ['ada@', false],
  ['example.', false],
  ['https://example.social', false],
  ['example.social/@ada', false],
  ['ada lovelace@example.social', false],
  ['*.example.social', false],
  ['example.social:3000', false],
  ['exämple.social', true],
])('%j is a pattern: %s', (pattern, expected) => {
  expect(isPattern(pattern)).toBe(expected);
});
