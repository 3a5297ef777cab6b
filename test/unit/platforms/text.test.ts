import fc from '../../support/property.js';
import { describe, expect, it } from 'vitest';
import { shortened, withoutEnd } from '../../../src/platforms/text.js';

describe('a text that must be shorter', () => {
  it('loses its end, and says so', () => {
    expect(withoutEnd('a long story', 7)).toBe('a long…');
    expect(withoutEnd('a long story', 12)).toBe('a long story');
  });

  it('is not cut through a character', () => {
    expect(withoutEnd('art 🎨 is', 6)).toBe('art…');
  });

  it('keeps whole sentences, if there is room for one', () => {
    const text = 'Here it is. It took 3.5 s. For more, say so!';
    expect(shortened(text, 30)).toBe('Here it is. It took 3.5 s.');
    expect(shortened(text, 11)).toBe('Here it is.');
    expect(shortened(text, 8)).toBe('Here it…');
  });

  it('is never longer than it may be, and stays whole if it fits', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 40 }),
        (text, longest) => {
          for (const cut of [withoutEnd, shortened]) {
            const short = cut(text, longest);
            expect(short.length).toBeLessThanOrEqual(longest);
            expect(short, 'no half of a character').not.toMatch(
              /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/,
            );
            if (text.length <= longest) expect(short).toBe(text);
          }
        },
      ),
    );
  });
});
