import type { mastodon } from 'masto';
import type { Cursor } from '../port.js';
import { notificationSchema, type Notification } from './entities.js';
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

/** Servers hold mentions by strangers back from people's eyes, but a bot is there for strangers. masto lacks the word. */
type ListParams = mastodon.rest.v1.ListNotificationsParams & { readonly includeFiltered: true };

/**
 * Makes a function that reads the notifications that came since the last time, oldest first. Calls while one is under
 * way wait for it and do not start another.
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
      return found.map((each) => notificationSchema.parse(each));
    });

  /** With no place to start from, pages are read downward until they are too old. Gives the newest position. */
  const firstLook = async () => {
    const horizon = Date.now() - FIRST_LOOK_BACK_MS;
    const recent: Notification[] = [];
    for (let oldest: string | undefined; ;) {
      const found = await page(oldest === undefined ? undefined : { maxId: oldest });
      const young = found.filter(({ createdAt }) => Date.parse(createdAt ?? '') >= horizon);
      recent.push(...young);
      oldest = found.at(-1)?.id;
      if (oldest === undefined || young.length < found.length) break;
    }
    recent.toReversed().forEach(onNotification);
    return recent[0]?.id;
  };

  const upwardFrom = async (start: string) => {
    for (let position = start; ;) {
      const found = await page({ minId: position });
      found.toReversed().forEach(onNotification);
      const [newest] = found;
      if (newest === undefined) return position;
      position = newest.id;
    }
  };

  const round = async () => {
    const begun = Date.now();
    const start = cursor.get();
    const position = start === undefined ? await firstLook() : await upwardFrom(start);
    if (position !== undefined) ends = [...ends, { position, at: begun }];
    const settled = ends.filter(({ at }) => at <= Date.now() - OVERLAP_MS).at(-1);
    if (settled === undefined) return;
    cursor.set(settled.position);
    ends = ends.filter(({ at }) => at > settled.at);
  };

  return () => (underWay ??= round().finally(() => (underWay = undefined)));
}
