/** How many GPUs people wait for no longer than so. */
export interface Needed {
  readonly goalSeconds: number;
  readonly gpus: number;
}

/** Close enough: one in a hundred more or fewer. */
const PRECISION = 0.01;

/**
 * The fewest GPUs with which a wait is within each of the goals.
 * @param least fewer than so are not looked at
 * @param waitWith tells the wait with a number of GPUs, in seconds: less the more there are
 */
export function gpusFor(
  goals: readonly number[],
  least: number,
  waitWith: (gpus: number) => number,
): readonly Needed[] {
  const known = new Map<number, number>();
  const wait = (gpus: number) => {
    const seconds = known.get(gpus) ?? waitWith(gpus);
    known.set(gpus, seconds);
    return seconds;
  };
  return goals.map((goalSeconds) => {
    const tried = [...known].sort(([a], [b]) => a - b);
    let tooFew = tried.findLast(([, seconds]) => seconds > goalSeconds)?.[0] ?? least - 1;
    let enough = tried.find(([, seconds]) => seconds <= goalSeconds)?.[0];
    for (let gpus = Math.max(1, tooFew + 1); enough === undefined; gpus = Math.ceil(gpus * 1.5))
      if (wait(gpus) <= goalSeconds) enough = gpus;
      else tooFew = gpus;
    while (enough - tooFew > Math.max(1, PRECISION * enough)) {
      const middle = Math.round((enough + tooFew) / 2);
      if (wait(middle) <= goalSeconds) enough = middle;
      else tooFew = middle;
    }
    return { goalSeconds, gpus: enough };
  });
}
