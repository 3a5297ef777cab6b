import type { AccountRow } from './accounts.js';
import { hashtags, renderContent } from './content.js';
import type { MediaRow } from './media.js';
import type { NotificationRow } from './notifications.js';
import type { StatusRow } from './statuses.js';
import type { Stores } from './stores.js';

/** What Mastodon's entities look like in JSON, as functions from what lies in the database. */
export interface Entities {
  account(row: AccountRow): ReturnType<typeof accountEntity>;
  credentialAccount(row: AccountRow): object;
  mediaAttachment(row: MediaRow): ReturnType<typeof mediaEntity>;
  /** `viewer` is the id of whoever will read it, for what is theirs alone, such as `favourited`. */
  status(row: StatusRow, viewer: string | null): ReturnType<typeof statusEntity>;
  /** Undefined if the status of the notification is gone in the meantime. */
  notification(row: NotificationRow): object | undefined;
}

/** Entities with absolute addresses, which begin with the sandbox's present address. */
export function createEntities(stores: Stores, url: () => string): Entities {
  const entities: Entities = {
    account: (row) => accountEntity(stores, url(), row),
    credentialAccount: (row) => credentialEntity(stores, url(), row),
    mediaAttachment: (row) => mediaEntity(url(), row),
    status: (row, viewer) => statusEntity(stores, url(), row, viewer),
    notification: (row) => {
      const from = stores.accounts.byId(row.fromAccountId);
      const status = stores.statuses.find(row.statusId, row.accountId);
      if (from === undefined || status === undefined) return undefined;
      return {
        id: row.id,
        type: row.type,
        created_at: row.createdAt,
        group_key: `ungrouped-${row.id}`,
        account: entities.account(from),
        status: entities.status(status, row.accountId),
      };
    },
  };
  return entities;
}

function accountEntity(stores: Stores, url: string, row: AccountRow) {
  const activity = stores.statuses.activity(row.id);
  return {
    id: row.id,
    username: row.username,
    acct: row.username,
    url: `${url}/@${row.username}`,
    uri: `${url}/users/${row.username}`,
    display_name: row.displayName,
    note: renderContent(row.note, { mention: () => undefined, hashtag: (tag) => tagUrl(url, tag) }),
    avatar: `${url}/avatars/original/missing.svg`,
    avatar_static: `${url}/avatars/original/missing.svg`,
    header: `${url}/headers/original/missing.svg`,
    header_static: `${url}/headers/original/missing.svg`,
    locked: false,
    bot: row.bot === 1,
    group: false,
    discoverable: null,
    indexable: false,
    created_at: row.createdAt,
    last_status_at: activity?.last?.slice(0, 10) ?? null,
    statuses_count: activity?.count ?? 0,
    followers_count: 0,
    following_count: 0,
    fields: [],
    emojis: [],
    roles: [],
  };
}

/** An account as its owner sees it: the same, and the text from which the note was made. */
function credentialEntity(stores: Stores, url: string, row: AccountRow) {
  return {
    ...accountEntity(stores, url, row),
    source: {
      note: row.note,
      fields: [],
      privacy: 'public',
      sensitive: false,
      language: null,
      follow_requests_count: 0,
      attribution_domains: [],
      indexable: false,
    },
    role: { id: '-99', name: '', color: '', permissions: '0', highlighted: false },
  };
}

function mediaEntity(url: string, row: MediaRow) {
  const sizes = (width: number, height: number) => ({
    width,
    height,
    size: `${width}x${height}`,
    aspect: width / height,
  });
  return {
    id: row.id,
    type: 'image',
    url: `${url}/media/${row.file}`,
    preview_url: `${url}/media/${row.preview}`,
    remote_url: null,
    preview_remote_url: null,
    text_url: null,
    meta: {
      original: sizes(row.width, row.height),
      small: sizes(row.previewWidth, row.previewHeight),
      focus: { x: row.focusX, y: row.focusY },
    },
    description: row.description,
    blurhash: null,
  };
}

function statusEntity(stores: Stores, url: string, row: StatusRow, viewer: string | null) {
  const author = stores.accounts.byId(row.accountId);
  if (author === undefined) throw new Error(`Status ${row.id} has no author.`);
  const application = row.applicationId && stores.accounts.application(row.applicationId);
  const counts = stores.statuses.counts(row.id, viewer);
  const mentioned = new Map(
    stores.statuses.mentions(row.id).flatMap(({ handle, accountId }) => {
      const account = stores.accounts.byId(accountId);
      return account ? [[handle, { ...account, url: `${url}/@${account.username}` }]] : [];
    }),
  );
  // Somebody may be mentioned by two handles, but is one person.
  const people = new Map([...mentioned.values()].map((account) => [account.id, account]));
  return {
    id: row.id,
    uri: `${url}/users/${author.username}/statuses/${row.id}`,
    url: `${url}/@${author.username}/${row.id}`,
    created_at: row.createdAt,
    edited_at: row.editedAt,
    in_reply_to_id: row.inReplyToId,
    in_reply_to_account_id: row.inReplyToAccountId,
    account: accountEntity(stores, url, author),
    content: renderContent(row.text, {
      mention: (handle) => mentioned.get(handle.toLowerCase()),
      hashtag: (tag) => tagUrl(url, tag),
    }),
    // Like Mastodon, give the source only to its author (for delete and redraft).
    ...(viewer === row.accountId ? { text: row.text } : {}),
    visibility: row.visibility,
    sensitive: row.sensitive === 1,
    spoiler_text: row.spoilerText,
    language: row.language,
    application: application ? { name: application.name, website: application.website } : null,
    media_attachments: stores.media.ofStatus(row.id).map((media) => mediaEntity(url, media)),
    mentions: [...people.values()].map((account) => ({
      id: account.id,
      username: account.username,
      acct: account.username,
      url: account.url,
    })),
    tags: hashtags(row.text).map((name) => ({ name, url: tagUrl(url, name) })),
    emojis: [],
    replies_count: counts?.replies ?? 0,
    favourites_count: counts?.favourites ?? 0,
    favourited: counts?.favourited === 1,
    reblogs_count: 0,
    reblogged: false,
    reblog: null,
    quotes_count: 0,
    quote: null,
    quote_approval: { automatic: [], manual: [], current_user: 'denied' },
    muted: false,
    bookmarked: false,
    pinned: false,
    filtered: [],
    card: null,
    poll: null,
  };
}

function tagUrl(url: string, tag: string): string {
  return `${url}/tags/${encodeURIComponent(tag)}`;
}
