/** Waiting times between attempts to reach a server: doubled each time, never more than a minute. */
const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/** How long to wait after so many failures in a row, counted from 0. */
export function waitMs(failures: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  // Full jitter: a thousand bots that lost one server do not come back in step.
  return Math.random() * longest;
}
