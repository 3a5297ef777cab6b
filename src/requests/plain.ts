/*
 * What people type, in the one form in which the rest of this folder reads it. Takes time in proportion to the text.
 */

/** Zeros of the scripts that people write numbers with; nine digits follow each. NFKC has made the full-width ones plain. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50].map((code) => ({ code, last: code + 9 }));

/**
 * A text in lower case, with plain digits and signs; without invisible characters (such as those that turn the direction
 * of writing), without what is quoted, and without addresses of pages, whose #fragments are no hashtags.
 */
export function plain(text: string): string {
  return (
    text
      // A heap of accents takes the square of its height to put in order, and no letter has more.
      .replace(/(\p{M}{8})\p{M}+/gu, '$1')
      .normalize('NFKC')
      .toLowerCase()
      .normalize('NFC') // lower case may take apart what belongs together
      .replace(/^[ \t]{0,3}>.*$/gm, ' ')
      .replace(/\bhttps?:\/\/\S+/g, ' ')
      // Some servers hide how an address begins.
      .replace(/\b[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}\/\S*/g, ' ')
      .replace(/[\p{Cf}\uFE0F\u20E3]/gu, '')
      .replace(/\p{Nd}/gu, asDigit)
      .replace(/[\u2212\u2012\u2013]/g, '-') // minus signs, and the dashes that people take for one
      .replace(/٪/g, '%')
      .replace(/٫/g, ',')
  );
}

function asDigit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const script = zeros.find((zero) => code >= zero.code && code <= zero.last);
  return script === undefined ? character : String(code - script.code);
}

/** Whether one edit makes one word of the other: a letter more, less, or another, or two neighbors exchanged. */
export function isOneEditApart(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one.at(-1 - end) === other.at(-1 - end)) end++;
  const a = one.slice(start, one.length - end);
  const b = other.slice(start, other.length - end);
  return (
    Math.max(a.length, b.length) === 1 || (a.length === 2 && a === `${b.slice(1)}${b.slice(0, 1)}`)
  );
}
