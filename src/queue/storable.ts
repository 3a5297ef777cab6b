/*
 * Two things that JavaScript's texts may hold, and SQLite's, have no place in PostgreSQL: the character NUL, and half of a
 * surrogate pair. As escapes in JSON it takes them, but from then on cannot look into that JSON, nor into an index over it: one
 * such post would take the whole gallery down. What people write means nothing by them; they become the sign for what
 * cannot be shown (U+FFFD).
 */

/** After an even number of backslashes, or it is no escape; a whole pair stays. */
const ESCAPES =
  /(?<!\\)((?:\\\\)*)(\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|\\u(?:0000|d[89a-f][0-9a-f]{2}))/gi;

/** A text as PostgreSQL can keep it. */
export function storableText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

/** JSON as PostgreSQL can keep it, and look into it. */
export function storableJson(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replace(ESCAPES, (_, before: string, escape: string) =>
    escape.length > 6 ? before + escape : String.raw`${before}\ufffd`,
  );
}

/** What goes into a statement: all JSON of ours is an object, or a list, and never holds the character itself. */
export function storable(text: string): string {
  return storableText(/^[{[]/.test(text) ? storableJson(text) : text);
}
