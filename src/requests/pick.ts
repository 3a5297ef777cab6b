/**
 * One of several, as if at random, but the same one whenever it is asked for the same key: what was chosen for a mention
 * stays chosen when it is looked at again.
 */
export function pick<T>(options: readonly T[], key: string): T | undefined {
  return options[hash(key) % options.length];
}

/** FNV-1a (Fowler, Noll and Vo), 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  // Its low bits depend on the low bits of the text alone.
  return (value ^ (value >>> 15)) >>> 0;
}
