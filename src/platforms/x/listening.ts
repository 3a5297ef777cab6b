import { setTimeout as sleep } from 'node:timers/promises';
import { BudgetSpent, isFailure, PlatformError, type Listener } from '../port.js';
import { waitMs } from '../backoff.js';
import { isMidway, mentionsReader } from './mentions.js';
import type { Session } from './session.js';

/** After a mention, for where there is one there may soon be another. X allows 300 such questions in a quarter of an hour. */
const SOONEST_MS = 5000;
/** When it has long been quiet. */
const LATEST_MS = 120_000;
/** Each quiet time makes the next wait longer: it takes six minutes to get from one to the other. */
const SLOWER = 1.4;

/** How long to wait before X is asked again, after a wait that ended with so many mentions. In milliseconds, as is the wait. */
export function nextWait(wait: number, mentions: number): number {
  return mentions > 0 ? SOONEST_MS : Math.min(LATEST_MS, Math.max(SOONEST_MS, wait * SLOWER));
}

/**
 * Asks X for mentions, soon after there were some and more and more seldom when there are none. What was read and not told
 * is told first.
 * @throws PlatformError of kind "fatal"; whatever the listener throws
 */
export async function listenTo(
  session: Session,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const { client, options } = session;
  const { ledger, log } = options;
  let failures = 0;
  // Each page counts: of a server that fails now and then, a long list would else take longer and longer.
  const readMentions = mentionsReader(session, () => (failures = 0));

  /** Tells what is kept; gives how much that was. */
  const tell = async (): Promise<number> => {
    const untold = await ledger.untold();
    for (const mention of untold) {
      await listener.mentioned(mention);
      await ledger.told(mention.id);
    }
    return untold.length;
  };

  let wait = 0;
  /** One question, and what follows from it; gives how long to wait before the next. */
  const attempt = async (): Promise<number> => {
    try {
      await readMentions();
      session.heardAt = performance.now();
      session.spentUntil = undefined;
      wait = nextWait(wait, await tell());
      return wait;
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind === 'fatal') throw error;
      // X does not let us read our own mentions: the account or the application is suspended, or may not do this.
      if (error.kind === 'refused')
        throw new PlatformError('fatal', error.message, undefined, { cause: error.cause });
      failures++;
      listener.failed(error);
      if (error instanceof BudgetSpent) {
        session.spentUntil = error.retryAt;
        await tell(); // it may be long until the rest can be read, and what is paid for need not wait for it
      }
      log[failures === 1 ? 'warn' : 'debug']({ error }, 'could not read mentions; trying again');
      return waitAfter(error, failures);
    }
  };

  client.requireLetIn();
  if (!(await isMidway(ledger))) await tell();
  while (!signal.aborted) {
    const waiting = await attempt();
    await sleep(waiting, undefined, { signal }).catch(() => undefined);
  }
}

/** Three times as long as it ever takes between two questions. */
const SILENCE_MS = 3 * LATEST_MS;

/** What keeps an account from being heard, if anything does. */
export function troubleOf({
  client,
  options: { name },
  heardAt,
  spentUntil,
}: Session): string | undefined {
  if (client.isShutOut) return `${name}: X does not let it in any more`;
  if (spentUntil !== undefined && spentUntil.getTime() > Date.now())
    return `${name}: it has read as much as it may until ${spentUntil.toISOString()}`;
  if (heardAt === undefined) return `${name}: X has not been reached yet`;
  const silence = performance.now() - heardAt;
  return silence < SILENCE_MS
    ? undefined
    : `${name}: X could not be asked for ${Math.round(silence / 60_000)} minutes`;
}

/** Longer each time; but as long as X says, or until there is something to spend again. */
function waitAfter(error: PlatformError, failures: number): number {
  const asked = error.retryAt === undefined ? 0 : error.retryAt.getTime() - Date.now();
  // Woken now and then all the same: the operator may have raised the limit.
  const longest = isFailure(error, 'later') ? 15 * 60_000 : 0;
  return Math.max(waitMs(failures), SOONEST_MS / 5, Math.min(asked, longest));
}
