import type { mastodon } from 'masto';
import { z } from 'zod';
import type { Cursor } from '../port.js';
import { asking } from './failures.js';

/** The largest page that servers give. */
const PAGE = 40;
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
 * Pages are read upward with `min_id`: `since_id` would give the newest page and skip what lies between. Ids can come
 * out of creation order, so each round starts where the round before the last one ended and re-reads an overlap.
 */
export function catchUpFrom(
  client: mastodon.rest.Client,
  cursor: Cursor,
  onNotification: (notification: unknown) => void,
): () => Promise<void> {
  let newest = cursor.get();
  let underWay: Promise<void> | undefined;

  const page = (minId: string | undefined) =>
    asking('reading notifications', async () => {
      const params: ListParams = {
        types: ['mention'],
        limit: PAGE,
        includeFiltered: true,
        ...(minId !== undefined && { minId }),
      };
      const found: readonly unknown[] = await client.v1.notifications.list(params);
      return found
        .flatMap((notification) => {
          const { data: entry } = entrySchema.safeParse(notification);
          return entry === undefined ? [] : [{ ...entry, notification }];
        })
        .toReversed();
    });

  const round = async () => {
    const start = cursor.get();
    let position = start;
    if (position === undefined) {
      const horizon = Date.now() - FIRST_LOOK_BACK_MS;
      for (const { id, createdAt, notification } of await page(undefined)) {
        if (Date.parse(createdAt ?? '') >= horizon) onNotification(notification);
        position = id;
      }
    } else {
      for (;;) {
        const found = await page(position);
        for (const { notification } of found) onNotification(notification);
        const last = found.at(-1);
        if (last === undefined) break;
        position = last.id;
      }
    }
    const settled = newest ?? position;
    if (settled !== undefined) cursor.set(settled);
    newest = position;
  };

  return () => (underWay ??= round().finally(() => (underWay = undefined)));
}
