/*
 * Texts no longer than a network takes. Unless it is said otherwise, lengths are counted in UTF-16 code units, of which
 * there are never fewer than of the characters that networks count.
 */

/** How long a text is for a network; never shorter for having more at its end. */
export type Measure = (text: string) => number;

const codeUnits: Measure = (text) => text.length;

/** A text without what is too much at its end. */
export function withoutEnd(text: string, longest: number, measure = codeUnits): string {
  if (measure(text) <= longest) return text;
  const cut = (units: number) =>
    // A cut through a character of two code units takes both away.
    `${text
      .slice(0, units)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trimEnd()}…`;
  // The longest that fits, by halves: a measure may be slow.
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (measure(cut(middle)) <= longest) fits = middle;
    else tooLong = middle;
  }
  return cut(fits);
}

/** As many whole sentences of a text as there is room for; of a single one that is too long, its beginning. */
export function shortened(text: string, longest: number, measure = codeUnits): string {
  if (measure(text) <= longest) return text;
  let kept = '';
  for (const sentence of text.split(/(?<=[.!?])\s+/)) {
    const more = kept === '' ? sentence : `${kept} ${sentence}`;
    if (measure(more) > longest) break;
    kept = more;
  }
  return kept === '' ? withoutEnd(text, longest, measure) : kept;
}
