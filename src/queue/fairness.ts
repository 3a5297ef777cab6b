/*
 * Start-time fair queueing (Goyal, Vin and Cheng, "Start-time Fair Queuing: A Scheduling Algorithm for Integrated
 * Services Packet Switching Networks", 1996). Each request gets two tags when it is admitted: it starts, in virtual
 * time, when the person's last one has finished, but not before now; and it finishes its cost later. The smallest
 * start tag is dispatched first. So whoever asks for much waits behind everybody who asks for little, nobody starves,
 * and nothing is ever recomputed.
 */

export interface Tags {
  /** When the request begins in virtual time: the order of dispatch. */
  readonly start: number;
  /** When it ends: the earliest start of the same person's next one. */
  readonly finish: number;
}

/**
 * The tags of a new request (section 2, equations 4 and 5).
 * @param virtualTime see `virtualTimeOf`
 * @param lastFinish the finish tag of the same person's latest request, 0 if there is none
 * @param cost in any unit, as long as it is the same for all
 * @param weight 2 gives a person twice the share of 1
 */
export function tagsFor(
  virtualTime: number,
  lastFinish: number,
  cost: number,
  weight: number,
): Tags {
  const start = Math.max(virtualTime, lastFinish);
  return { start, finish: start + cost / weight };
}

/**
 * Virtual time: the start tag of the request dispatched last while anything is waiting or running; else, with
 * nobody to be fair to, the largest finish tag, so that a busy morning is not held against anyone in the afternoon.
 */
export function virtualTimeOf(state: {
  readonly busy: boolean;
  readonly lastStart: number;
  readonly maxFinish: number;
}): number {
  return state.busy ? state.lastStart : Math.max(state.lastStart, state.maxFinish);
}
