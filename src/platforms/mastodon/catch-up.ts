import type { mastodon } from 'masto';
import { z } from 'zod';
import type { Cursor } from '../port.js';
import { asking } from './failures.js';

/** The largest page that servers give. */
const PAGE = 40;
/**
 * So long a notification may take to show up after others with larger ids: servers write them from many processes, and
 * some make the id when the post was made, not when it arrived. What was read within this time is read again.
 */
const OVERLAP_MS = 10 * 60_000;
/** A bot that has never run answers what was said to it within the last day, not what lies there from years ago. */
const FIRST_LOOK_BACK_MS = 24 * 60 * 60_000;

/** What reading on takes. A notification of which even that cannot be read is passed over, or it would stop the reading. */
const entrySchema = z.object({ id: z.string(), createdAt: z.string().optional() });

/** Servers hold mentions by strangers back from people's eyes, but a bot is there for strangers. masto lacks the word. */
type ListParams = mastodon.rest.v1.ListNotificationsParams & { readonly includeFiltered: true };

/** A reading of the list from a place to its newest end. */
interface Reading {
  /** As performance.now() has it, for wall clocks are set back. */
  readonly begun: number;
  /** Up to where everything has been told. */
  position: string | undefined;
  /** With no place to start from: what was found on the way down, newest first, and is not told yet. */
  readonly found: Entry[];
}

type Entry = z.infer<typeof entrySchema> & { readonly notification: unknown };

/**
 * Makes a function that reads the notifications that came since the last time, oldest first. Calls while one is under
 * way wait for it and do not start another.
 * It throws a PlatformError if the server does not answer, and whatever `onNotification` throws: then the place up to
 * which we have read stays where it was. The next call goes on from there: of a server that fails now and then, a long
 * list would never be read to its end if each failure were a new beginning.
 *
 * Pages are read upward with `min_id`: `since_id` would give the newest page and skip what lies between. The cursor
 * follows behind by OVERLAP_MS, so that each round reads again what late notifications may have slipped into.
 * @param onPage told whenever the server has answered
 */
export function catchUpFrom(
  client: mastodon.rest.Client,
  cursor: Cursor,
  onNotification: (notification: unknown) => Promise<void>,
  onPage: () => void = () => undefined,
): () => Promise<void> {
  /** Where rounds ended, and when, oldest first: places for the cursor to move to. */
  let ends: readonly { readonly position: string; readonly at: number }[] = [];
  let underWay: Promise<void> | undefined;
  let interrupted: Reading | undefined;

  /** Newest first, as servers give them. */
  const page = (bounds: { readonly minId: string } | { readonly maxId: string } | undefined) =>
    asking('reading notifications', async () => {
      const params: ListParams = {
        types: ['mention'],
        limit: PAGE,
        includeFiltered: true,
        ...bounds,
      };
      const found: readonly unknown[] = await client.v1.notifications.list(params);
      onPage();
      return found.flatMap((notification): Entry[] => {
        const { data: entry } = entrySchema.safeParse(notification);
        return entry === undefined ? [] : [{ ...entry, notification }];
      });
    });

  const tell = async (newestFirst: readonly Entry[]) => {
    for (const { notification } of newestFirst.toReversed()) await onNotification(notification);
  };

  /** With no place to start from, pages are read downward until they are too old. */
  const lookBack = async (reading: Reading) => {
    const horizon = Date.now() - FIRST_LOOK_BACK_MS;
    for (let oldest = reading.found.at(-1)?.id; ;) {
      const found = await page(oldest === undefined ? undefined : { maxId: oldest });
      const young = found.filter(({ createdAt }) => Date.parse(createdAt ?? '') >= horizon);
      reading.found.push(...young);
      const last = found.at(-1)?.id;
      // A server that does not know max_id gives the same page again.
      if (last === undefined || last === oldest || young.length < found.length) break;
      oldest = last;
    }
    await tell(reading.found);
    reading.position = reading.found[0]?.id;
  };

  const readOn = async (reading: Reading) => {
    while (reading.position !== undefined) {
      const found = await page({ minId: reading.position });
      await tell(found);
      const newest = found[0]?.id;
      // A server that does not know min_id gives the same page again.
      if (newest === undefined || newest === reading.position) break;
      reading.position = newest;
    }
  };

  const round = async () => {
    const reading = (interrupted ??= {
      begun: performance.now(),
      position: await cursor.get(),
      found: [],
    });
    if (reading.position === undefined) await lookBack(reading);
    // What has come since looking back began is there, too.
    await readOn(reading);
    interrupted = undefined;
    const { begun, position } = reading;
    // This round has read again all that is below these, after what was late had its time to come.
    const settled = ends.filter(({ at }) => at <= begun - OVERLAP_MS).at(-1);
    if (settled !== undefined) {
      await cursor.set(settled.position);
      ends = ends.filter(({ at }) => at > settled.at);
    }
    if (position !== undefined) ends = [...ends, { position, at: performance.now() }];
  };

  return () => (underWay ??= round().finally(() => (underWay = undefined)));
}
