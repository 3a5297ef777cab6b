const isLong = process.env.TEST_ROUNDS === 'long';

/**
 * The rounds of a test. Every kind of fault comes up in the short run, which is the gate's; the
 * long one, `npm run test:long`, repeats them with other luck.
 */
export function rounds(short: number, long: number): number {
  return isLong ? long : short;
}
