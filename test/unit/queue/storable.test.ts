import fc from '../../support/property.js';
import { expect, it } from 'vitest';
import { storableJson, storableText } from '../../../src/queue/storable.js';

/** What people send, half characters included. */
const anything = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});
const mended = (text: string) => Buffer.from(text).toString().replaceAll('\0', '\ufffd');

it('JSON says the same but for what PostgreSQL cannot keep', () => {
  fc.assert(
    fc.property(
      fc.oneof(anything, fc.constantFrom('\\u0000', '\\\0', '\\\\u0000', '\ud83d\\', '🖼️\0')),
      (text) => {
        expect(JSON.parse(storableJson(JSON.stringify({ text })))).toEqual({ text: mended(text) });
      },
    ),
  );
});

it('JSON in which a whole pair is written as escapes keeps it', () => {
  const json = String.raw`{"text":"\ud83d\uDDBC \uD83D"}`;
  expect(JSON.parse(storableJson(json))).toEqual({ text: '\ud83d\uddbc \ufffd' });
});

it('a text keeps what only looks like an escape', () => {
  expect(storableText('typed \\u0000, meant \0')).toBe('typed \\u0000, meant \ufffd');
});
