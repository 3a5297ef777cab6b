import Database from 'better-sqlite3';

/*
 * Numbered migrations: entry n brings a database from version n to n + 1, as `PRAGMA user_version` counts. An entry
 * is never changed once it has been released; a new one is added.
 */
const migrations: readonly string[] = [
  `
  -- Everybody who ever asked, with what fairness needs to know of them.
  CREATE TABLE people (
    platform   TEXT NOT NULL,
    person     TEXT NOT NULL,
    weight     REAL NOT NULL DEFAULT 1 CHECK (weight > 0),
    finish_tag REAL NOT NULL DEFAULT 0, -- of their latest request
    PRIMARY KEY (platform, person)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE requests (
    id          INTEGER PRIMARY KEY,
    platform    TEXT NOT NULL,
    mention_id  TEXT NOT NULL,
    person      TEXT NOT NULL,
    mention     TEXT NOT NULL, -- JSON
    request     TEXT,          -- JSON; NULL if it was refused at once
    state       TEXT NOT NULL
                CHECK (state IN ('queued', 'rendering', 'answering', 'answered', 'unanswerable')),
    answer      TEXT,          -- JSON, from 'answering' on
    start_tag   REAL NOT NULL,
    finish_tag  REAL NOT NULL,
    cost        REAL NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0, -- claims in the current state
    not_before  INTEGER NOT NULL DEFAULT 0, -- ms since 1970: wait so long before the next claim
    lease_token TEXT,                       -- who holds it …
    lease_until INTEGER,                    -- … and until when unless the lease is extended
    reply_id    TEXT,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    FOREIGN KEY (platform, person) REFERENCES people,
    UNIQUE (platform, mention_id)           -- a mention seen twice is one request
  ) STRICT;
  CREATE INDEX requests_waiting ON requests (start_tag, id) WHERE state IN ('queued', 'rendering');
  CREATE INDEX requests_to_answer ON requests (id) WHERE state = 'answering';

  -- One row: the start tag of the request dispatched last, or, after an idle time, what virtual time has leapt to.
  CREATE TABLE dispatch (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    last_start REAL NOT NULL
  ) STRICT;
  INSERT INTO dispatch VALUES (1, 0);

  -- How far each account has read its notifications.
  CREATE TABLE cursors (
    platform TEXT PRIMARY KEY,
    position TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

/**
 * Opens the queue's database and brings it to the present schema.
 * @throws Error if it was written by a newer version of this program.
 */
export function openDatabase(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // FULL: a mention that we told the network we have seen must survive a power cut.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > migrations.length) {
    database.close();
    throw new Error(`${file} was written by a newer version of pentimento; please update`);
  }
  for (const [number, sql] of [...migrations.entries()].slice(version))
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${number + 1}`);
    })();
  return database;
}
