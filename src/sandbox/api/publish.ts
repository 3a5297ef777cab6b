import type { NotificationRow } from '../notifications.js';
import type { MentionRow, StatusRow } from '../statuses.js';
import type { Sandboxed } from './http.js';

/**
 * Tells of a new status, or of one that has been edited: its author's own stream, and the public ones if it is on the
 * public timeline. As by Mastodon, who is mentioned in an edited status is not told so.
 */
export function publishStatus({ streaming, entities }: Sandboxed, row: StatusRow): void {
  streaming.publish({
    event: row.editedAt === null ? 'update' : 'status.update',
    payload: JSON.stringify(entities.status(row, null)),
    accountIds: [row.accountId],
    isPublic: isOnPublicTimeline(row),
  });
}

export function publishNotification(
  { streaming, entities }: Sandboxed,
  row: NotificationRow,
): void {
  const entity = entities.notification(row);
  if (entity === undefined) return;
  streaming.publish({
    event: 'notification',
    payload: JSON.stringify(entity),
    accountIds: [row.accountId],
    isPublic: false,
  });
}

/** Tells everybody who may have been told of a status that it is gone. */
export function publishDeleted(
  { streaming }: Sandboxed,
  row: StatusRow,
  mentions: readonly MentionRow[],
): void {
  streaming.publish({
    event: 'delete',
    payload: row.id,
    accountIds: [row.accountId, ...mentions.map((mention) => mention.accountId)],
    isPublic: isOnPublicTimeline(row),
  });
}

function isOnPublicTimeline(row: StatusRow): boolean {
  const startsThread = row.inReplyToAccountId === null || row.inReplyToAccountId === row.accountId;
  return row.visibility === 'public' && startsThread;
}
