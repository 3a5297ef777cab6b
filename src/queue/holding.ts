import type { Claim, Queue } from './queue.js';

/** Somebody else has the request now, or nobody needs it any more: what was done for it counts for nothing. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/**
 * Works on a claim and keeps it alive meanwhile. The work's signal aborts with the given one, if there is one, with
 * ClaimLost when the claim is lost, or with the reason for which it could not be extended.
 */
export async function holding<T>(
  queue: Queue,
  claim: Claim,
  heartbeatMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any: under Node 20 each would stay in memory for as long as the bot's own signal does.
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  const heartbeat = setInterval(() => {
    queue.extend(claim).then(
      (isOurs) => {
        if (!isOurs) controller.abort(new ClaimLost('the claim is lost'));
      },
      (error: unknown) => controller.abort(error),
    );
  }, heartbeatMs);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(heartbeat);
    signal?.removeEventListener('abort', stop);
  }
}
