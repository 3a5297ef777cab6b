/*
 * Texts no longer than a network takes. Lengths are counted in UTF-16 code units, of which there are never fewer than of
 * the characters that networks count.
 */

/** A text without what is too much at its end. */
export function withoutEnd(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // A cut through a character of two code units takes both away.
  const kept = text.slice(0, Math.max(0, longest - 1)).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept.trimEnd()}…`;
}

/** As many whole sentences of a text as there is room for; of a single one that is too long, its beginning. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let kept = '';
  for (const sentence of text.split(/(?<=[.!?])\s+/)) {
    const more = kept === '' ? sentence : `${kept} ${sentence}`;
    if (more.length > longest) break;
    kept = more;
  }
  return kept === '' ? withoutEnd(text, longest) : kept;
}
