import type { Database } from 'better-sqlite3';

/**
 * Each entry brings the database from the version before to its own (entry 0 makes version 1). Entries are never
 * edited once released: a database that has been through one will not go through it again.
 *
 * Ids are text, and all have 18 digits (see ids.ts), so they sort as text just as they do as numbers.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE id_clock (last INTEGER NOT NULL) STRICT;
  INSERT INTO id_clock (last) VALUES (100000000000000000);

  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    display_name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    bot INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE applications (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    website TEXT,
    client_id TEXT NOT NULL UNIQUE,
    client_secret_hash TEXT NOT NULL
  ) STRICT;

  CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    application_id TEXT REFERENCES applications (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE statuses (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    application_id TEXT REFERENCES applications (id) ON DELETE SET NULL,
    in_reply_to_id TEXT REFERENCES statuses (id) ON DELETE SET NULL,
    in_reply_to_account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    text TEXT NOT NULL,
    spoiler_text TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private', 'direct')),
    sensitive INTEGER NOT NULL,
    language TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX statuses_by_account ON statuses (account_id, id);
  CREATE INDEX statuses_by_parent ON statuses (in_reply_to_id, id);

  CREATE TABLE mentions (
    status_id TEXT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    handle TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (status_id, handle)
  ) STRICT;
  CREATE INDEX mentions_by_account ON mentions (account_id, status_id);

  CREATE TABLE media_attachments (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id TEXT REFERENCES statuses (id) ON DELETE CASCADE,
    position INTEGER NOT NULL DEFAULT 0,
    file TEXT NOT NULL,
    preview TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    preview_width INTEGER NOT NULL,
    preview_height INTEGER NOT NULL,
    description TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX media_by_status ON media_attachments (status_id, position);

  CREATE TABLE favourites (
    status_id TEXT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (status_id, account_id)
  ) STRICT;

  CREATE TABLE notifications (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type TEXT NOT NULL CHECK (type IN ('mention', 'favourite')),
    from_account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id TEXT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    UNIQUE (account_id, type, from_account_id, status_id)
  ) STRICT;
  CREATE INDEX notifications_by_account ON notifications (account_id, id);

  CREATE TABLE idempotency_keys (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    status_id TEXT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
  ) STRICT;
  `,
  `
  ALTER TABLE statuses ADD COLUMN edited_at TEXT;
  -- What must stay visible where a picture is cropped: from -1 to 1, to the right and upward.
  ALTER TABLE media_attachments ADD COLUMN focus_x REAL NOT NULL DEFAULT 0;
  ALTER TABLE media_attachments ADD COLUMN focus_y REAL NOT NULL DEFAULT 0;
  `,
];

/** Brings a database to the newest version; one transaction per step, so a crash leaves it at a known version. */
export function migrate(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    throw new Error(
      `The sandbox's database is version ${version}, but this program only knows ${migrations.length}.`,
    );
  }
  migrations.slice(version).forEach((sql, index) => {
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${version + index + 1}`);
    })();
  });
}
