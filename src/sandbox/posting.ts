import type { AccountRow } from './accounts.js';
import { countCharacters, normalizeText, segment } from './content.js';
import { ApiError } from './errors.js';
import type { NotificationRow } from './notifications.js';
import type { MentionRow, StatusRow, Visibility } from './statuses.js';
import type { Stores } from './stores.js';

export const maxCharacters = 500;
export const maxMediaAttachments = 4;

/** An idempotency key is remembered for an hour, as by Mastodon. */
const keyLifetime = 60 * 60 * 1000;

/** A status as somebody wants to post it. */
export interface Draft {
  readonly text: string;
  readonly mediaIds: readonly string[];
  readonly inReplyToId: string | null;
  readonly visibility: Visibility;
  readonly spoilerText: string;
  readonly sensitive: boolean;
  readonly language: string | null;
}

/** A posted status, and who is to be told. An old status, found by its idempotency key, is news to nobody. */
export interface Posted {
  readonly status: StatusRow;
  readonly isNew: boolean;
  readonly notifications: readonly NotificationRow[];
}

/** Posts a status, all of it or nothing. With an idempotency key seen before, it is the status of then. */
export function post(
  stores: Stores,
  author: { readonly account: AccountRow; readonly applicationId: string | null },
  draft: Draft,
  options: { readonly host: string; readonly idempotencyKey: string | undefined },
): Posted {
  return stores.database.transaction((): Posted => {
    const { account } = author;
    const earlier = findByKey(stores, account.id, options.idempotencyKey);
    if (earlier !== undefined) return { status: earlier, isNew: false, notifications: [] };

    const text = normalizeText(draft.text);
    const spoilerText = normalizeText(draft.spoilerText);
    checkLength(text, spoilerText, draft.mediaIds.length);
    checkMedia(stores, account.id, draft.mediaIds);
    const parent =
      draft.inReplyToId === null ? null : stores.statuses.find(draft.inReplyToId, account.id);
    if (parent === undefined) {
      throw new ApiError(404, 'The post you are trying to reply to does not appear to exist.');
    }
    const status: StatusRow = {
      id: stores.nextId(),
      accountId: account.id,
      applicationId: author.applicationId,
      inReplyToId: parent?.id ?? null,
      inReplyToAccountId: parent?.accountId ?? null,
      text,
      spoilerText,
      visibility: draft.visibility,
      // A status behind a warning is sensitive, whether or not the client says so; Mastodon's rule.
      sensitive: draft.sensitive || spoilerText !== '' ? 1 : 0,
      language: draft.language,
      createdAt: stores.now().toISOString(),
      editedAt: null,
    };
    const mentions = findMentions(stores, text, options.host);
    stores.statuses.insert(status, mentions);
    stores.media.attach(draft.mediaIds, status.id);
    rememberKey(stores, account.id, options.idempotencyKey, status.id);
    return { status, isNew: true, notifications: notify(stores, status, mentions) };
  })();
}

/** What can be changed of a status; whom it answers and who may see it stays. */
export type Edit = Pick<Draft, 'text' | 'mediaIds' | 'spoilerText' | 'sensitive' | 'language'>;

/** Edits a status, all of it or nothing. Who is mentioned for the first time is told. */
export function edit(
  stores: Stores,
  before: StatusRow,
  draft: Edit,
  { host }: { readonly host: string },
): Posted {
  return stores.database.transaction((): Posted => {
    const text = normalizeText(draft.text);
    const spoilerText = normalizeText(draft.spoilerText);
    checkLength(text, spoilerText, draft.mediaIds.length);
    stores.media.detach(before.id);
    checkMedia(stores, before.accountId, draft.mediaIds);
    const status: StatusRow = {
      ...before,
      text,
      spoilerText,
      sensitive: draft.sensitive || spoilerText !== '' ? 1 : 0,
      language: draft.language,
      editedAt: stores.now().toISOString(),
    };
    const mentions = findMentions(stores, text, host);
    stores.statuses.update(status, mentions);
    stores.media.attach(draft.mediaIds, status.id);
    return { status, isNew: true, notifications: notify(stores, status, mentions) };
  })();
}

/** Gives those who are mentioned their notifications; who has one of this status already gets no other. */
function notify(
  stores: Stores,
  status: StatusRow,
  mentions: readonly MentionRow[],
): readonly NotificationRow[] {
  const addressees = new Set(mentions.map((mention) => mention.accountId));
  addressees.delete(status.accountId);
  return [...addressees].flatMap(
    (accountId) =>
      stores.notifications.add({
        accountId,
        type: 'mention',
        fromAccountId: status.accountId,
        statusId: status.id,
      }) ?? [],
  );
}

function checkLength(text: string, spoilerText: string, pictures: number): void {
  if (text === '' && pictures === 0) {
    throw new ApiError(422, "Validation failed: Text can't be blank");
  }
  if (countCharacters(text) + countCharacters(spoilerText) > maxCharacters) {
    throw new ApiError(422, `Validation failed: Text character limit of ${maxCharacters} exceeded`);
  }
}

function checkMedia(stores: Stores, accountId: string, ids: readonly string[]): void {
  if (ids.length > maxMediaAttachments) {
    throw new ApiError(422, `Cannot attach more than ${maxMediaAttachments} files.`);
  }
  if (new Set(ids).size < ids.length) {
    throw new ApiError(422, 'The same media attachment cannot be in a post twice.');
  }
  if (ids.some((id) => stores.media.findUnused(id, accountId) === undefined)) {
    throw new ApiError(
      422,
      'A media attachment could not be found, or is in another post already.',
    );
  }
}

/** Who is mentioned: `@name`, or `@name@host` with the sandbox's own host. Others are out of reach. */
function findMentions(stores: Stores, text: string, host: string): readonly MentionRow[] {
  const mentions = new Map<string, MentionRow>();
  for (const piece of segment(text)) {
    if (piece.kind !== 'mention') continue;
    if (piece.host !== undefined && piece.host.toLowerCase() !== host) continue;
    const account = stores.accounts.byUsername(piece.username);
    const handle = piece.text.toLowerCase();
    if (account !== undefined) mentions.set(handle, { handle, accountId: account.id });
  }
  return [...mentions.values()];
}

function findByKey(
  stores: Stores,
  accountId: string,
  key: string | undefined,
): StatusRow | undefined {
  if (key === undefined) return undefined;
  const oldest = new Date(stores.now().getTime() - keyLifetime).toISOString();
  stores.database.prepare('DELETE FROM idempotency_keys WHERE created_at < ?').run(oldest);
  const row = stores.database
    .prepare<[string, string], { id: string }>(
      'SELECT status_id AS id FROM idempotency_keys WHERE account_id = ? AND key = ?',
    )
    .get(accountId, key);
  return row && stores.statuses.find(row.id, accountId);
}

function rememberKey(
  stores: Stores,
  accountId: string,
  key: string | undefined,
  statusId: string,
): void {
  if (key === undefined) return;
  stores.database
    .prepare(
      'INSERT INTO idempotency_keys (account_id, key, status_id, created_at) VALUES (?, ?, ?, ?)',
    )
    .run(accountId, key, statusId, stores.now().toISOString());
}
