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

/**
 * Makes a function that reads the notifications that came since the last time, oldest first. Calls while one is under
 * way wait for it and do not start another.
 * It throws a PlatformError if the server does not answer, and whatever `onNotification` throws: then the place up to
 * which we have read stays where it was.
 *
 * Pages are read upward with `min_id`: `since_id` would give the newest page and skip what lies between. The cursor
 * follows behind by OVERLAP_MS, so that each round reads again what late notifications may have slipped into.
 */
export function catchUpFrom(
  client: mastodon.rest.Client,
  cursor: Cursor,
  onNotification: (notification: unknown) => void,
): () => Promise<void> {
  /** Where rounds ended, and when, oldest first: places for the cursor to move to. */
  let ends: readonly { readonly position: string; readonly at: number }[] = [];
  let underWay: Promise<void> | undefined;
  /** What a first look had found when it failed, newest first: the next goes on from there, or a long one never ends. */
  let recent: Awaited<ReturnType<typeof page>> = [];

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
      return found.flatMap((notification) => {
        const { data: entry } = entrySchema.safeParse(notification);
        return entry === undefined ? [] : [{ ...entry, notification }];
      });
    });

  const tell = (oldestFirst: readonly { readonly notification: unknown }[]) => {
    for (const { notification } of oldestFirst) onNotification(notification);
  };

  /** With no place to start from, pages are read downward until they are too old. Gives the newest position. */
  const firstLook = async () => {
    const horizon = Date.now() - FIRST_LOOK_BACK_MS;
    for (let oldest = recent.at(-1)?.id; ;) {
      const found = await page(oldest === undefined ? undefined : { maxId: oldest });
      const young = found.filter(({ createdAt }) => Date.parse(createdAt ?? '') >= horizon);
      recent.push(...young);
      const last = found.at(-1)?.id;
      // A server that does not know max_id gives the same page again.
      if (last === undefined || last === oldest || young.length < found.length) break;
      oldest = last;
    }
    const found = recent;
    recent = [];
    tell(found.toReversed());
    // What has come since it began, which was long ago if it was interrupted.
    return found[0] && upwardFrom(found[0].id);
  };

  const upwardFrom = async (start: string) => {
    for (let position = start; ;) {
      const found = await page({ minId: position });
      tell(found.toReversed());
      const newest = found[0]?.id;
      // A server that does not know min_id gives the same page again.
      if (newest === undefined || newest === position) return position;
      position = newest;
    }
  };

  const round = async () => {
    const begun = performance.now(); // for wall clocks are set back
    const start = cursor.get();
    const position = start === undefined ? await firstLook() : await upwardFrom(start);
    if (position !== undefined) ends = [...ends, { position, at: begun }];
    const settled = ends.filter(({ at }) => at <= performance.now() - OVERLAP_MS).at(-1);
    if (settled === undefined) return;
    cursor.set(settled.position);
    ends = ends.filter(({ at }) => at > settled.at);
  };

  return () => (underWay ??= round().finally(() => (underWay = undefined)));
}
