import type { Engine } from './sql.js';

/*
 * Numbered migrations: entry n brings a database from version n to n + 1, as `PRAGMA user_version` counts, and with PostgreSQL
 * a table of its own. An entry is never changed once it has been released; a new one is added, for both engines.
 */

export type Migration = Readonly<Record<Engine, string>>;

/** Of what the other engine alone needs; and until there was PostgreSQL, whose tables are made at once, by the entry with which it came. */
const NOTHING = '';

export const migrations: readonly Migration[] = [
  {
    postgres: NOTHING,
    sqlite: `
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
  },
  {
    postgres: NOTHING,
    sqlite: `
  -- A request can be cancelled: by its author or by the operator. SQLite cannot change a CHECK, so the table is made anew.
  CREATE TABLE new_requests (
    id          INTEGER PRIMARY KEY,
    platform    TEXT NOT NULL,
    mention_id  TEXT NOT NULL,
    person      TEXT NOT NULL,
    mention     TEXT,          -- JSON; NULL once it has been forgotten, then only the key is left
    request     TEXT,          -- JSON; NULL if it was refused at once
    state       TEXT NOT NULL
                CHECK (state IN ('queued', 'rendering', 'answering', 'answered', 'unanswerable', 'cancelled')),
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
  INSERT INTO new_requests
    SELECT id, platform, mention_id, person, mention, request, state, answer, start_tag, finish_tag, cost, attempts,
           not_before, lease_token, lease_until, reply_id, created_at, changed_at
    FROM requests;
  DROP TABLE requests;
  ALTER TABLE new_requests RENAME TO requests;
  CREATE INDEX requests_waiting ON requests (start_tag, id) WHERE state IN ('queued', 'rendering');
  CREATE INDEX requests_to_answer ON requests (id) WHERE state = 'answering';
  -- For quotas, which count a person's requests.
  CREATE INDEX requests_waiting_of_person ON requests (platform, person, start_tag)
    WHERE state IN ('queued', 'rendering');
  CREATE INDEX requests_of_person ON requests (platform, person, created_at);
  CREATE INDEX requests_by_reply ON requests (platform, reply_id) WHERE reply_id IS NOT NULL;
  -- For retention, which looks for what has long been done with.
  CREATE INDEX requests_to_forget ON requests (changed_at)
    WHERE mention IS NOT NULL AND state IN ('answered', 'unanswerable', 'cancelled');

  -- How many requests are in each state, kept by triggers: counting a long line at every admission would take longer
  -- the longer the line is.
  CREATE TABLE tallies (
    state TEXT PRIMARY KEY,
    n     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO tallies VALUES
    ('queued', 0), ('rendering', 0), ('answering', 0), ('answered', 0), ('unanswerable', 0), ('cancelled', 0);
  UPDATE tallies SET n = (SELECT count(*) FROM requests WHERE requests.state = tallies.state);
  CREATE TRIGGER tally_admitted AFTER INSERT ON requests BEGIN
    UPDATE tallies SET n = n + 1 WHERE state = new.state;
  END;
  CREATE TRIGGER tally_moved AFTER UPDATE OF state ON requests WHEN old.state <> new.state BEGIN
    UPDATE tallies SET n = n - 1 WHERE state = old.state;
    UPDATE tallies SET n = n + 1 WHERE state = new.state;
  END;

  CREATE INDEX people_finish ON people (finish_tag);

  -- While it is 1, nothing is taken up for rendering; answers go out and mentions come in.
  ALTER TABLE dispatch ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));

  -- How fast each device has rendered lately, in units of cost per second.
  CREATE TABLE paces (
    device          TEXT PRIMARY KEY,
    cost_per_second REAL NOT NULL CHECK (cost_per_second > 0)
  ) STRICT, WITHOUT ROWID;

  -- Who is not answered: an account (ada@example.social) or a domain with everything below it (example.social).
  CREATE TABLE blocks (
    pattern    TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  },
  {
    postgres: NOTHING,
    sqlite: `
  -- Mentions that are not requests yet, because the post that they reply to has to be looked at first.
  CREATE TABLE inbox (
    id         INTEGER PRIMARY KEY,
    platform   TEXT NOT NULL,
    mention_id TEXT NOT NULL,
    person     TEXT NOT NULL,
    mention    TEXT NOT NULL,              -- JSON
    failures   INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0, -- ms since 1970
    UNIQUE (platform, mention_id)
  ) STRICT;
  CREATE INDEX inbox_of_person ON inbox (platform, person, id);

  -- What has been put off is not in the indexes that claims look through: many such rows would have to be passed over.
  ALTER TABLE requests ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0 CHECK (deferred IN (0, 1));
  UPDATE requests SET deferred = 1 WHERE not_before > 0 AND state IN ('queued', 'answering');
  CREATE INDEX requests_deferred ON requests (not_before) WHERE deferred = 1;
  CREATE INDEX requests_ready ON requests (start_tag, id)
    WHERE state IN ('queued', 'rendering') AND deferred = 0;
  -- Painted pictures first: nobody who waited for one waits for those who have to be told something.
  DROP INDEX requests_to_answer;
  CREATE INDEX requests_to_answer ON requests (cost = 0, id) WHERE state = 'answering' AND deferred = 0;

  -- When it was last looked whether the post of an answered request is still there.
  ALTER TABLE requests ADD COLUMN checked_at INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX requests_to_check ON requests (platform, checked_at)
    WHERE mention IS NOT NULL AND state = 'answered' AND cost > 0;

  -- A word of ours in between, on the place in the line.
  ALTER TABLE requests ADD COLUMN interim_id TEXT;
  CREATE INDEX requests_by_interim ON requests (platform, interim_id) WHERE interim_id IS NOT NULL;

  -- The pace that counts is that of the device that paints now.
  ALTER TABLE paces ADD COLUMN measured_at INTEGER NOT NULL DEFAULT 0;
  `,
  },
  {
    postgres: NOTHING,
    sqlite: `
  -- What is asked for is more than a strength.
  UPDATE requests
  SET request = json_remove(
        json_set(request, '$.effect', 'painting', '$.settings', json_object('strength', request -> '$.strength')),
        '$.strength')
  WHERE request IS NOT NULL;
  -- The one note that there was says the range, too.
  UPDATE requests SET request = json_set(request, '$.notes[0].min', 0, '$.notes[0].max', 100)
  WHERE json_array_length(request, '$.notes') > 0;
  `,
  },
  {
    postgres: NOTHING,
    sqlite: `
  -- What an adapter remembers of a network that charges for being asked. What it has read and nobody was told of yet:
  CREATE TABLE untold (
    platform   TEXT NOT NULL,
    mention_id TEXT NOT NULL,
    mention    TEXT NOT NULL, -- JSON
    PRIMARY KEY (platform, mention_id)
  ) STRICT, WITHOUT ROWID;

  -- Our posts, under what they stand,
  CREATE TABLE own_posts (
    platform    TEXT NOT NULL,
    post_id     TEXT NOT NULL,
    mention_id  TEXT NOT NULL,
    text        TEXT NOT NULL,
    has_picture INTEGER NOT NULL CHECK (has_picture IN (0, 1)),
    PRIMARY KEY (platform, post_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX own_posts_under ON own_posts (platform, mention_id);
  -- Ids are numbers of 64 bits, and so sort by their length first.
  CREATE INDEX own_posts_by_age ON own_posts (platform, length(post_id), post_id);

  -- and replies of which nobody knows whether they were posted.
  CREATE TABLE attempts (
    key        INTEGER PRIMARY KEY,
    platform   TEXT NOT NULL,
    mention_id TEXT NOT NULL,
    at         INTEGER NOT NULL, -- ms since 1970
    after      TEXT NOT NULL     -- an id: what was posted has a larger one
  ) STRICT;
  CREATE INDEX attempts_of_platform ON attempts (platform, key);

  -- How much was read each day (of UTC, as 2026-11-24), or set aside for it.
  CREATE TABLE reads (
    platform TEXT NOT NULL,
    day      TEXT NOT NULL,
    n        INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (platform, day)
  ) STRICT, WITHOUT ROWID;
  `,
  },
  {
    postgres: NOTHING,
    sqlite: `
  -- Whoever does not want to be in the gallery says so once, and it holds for all that they have ever asked for.
  ALTER TABLE people ADD COLUMN in_gallery INTEGER NOT NULL DEFAULT 1 CHECK (in_gallery IN (0, 1));
  -- What hangs there, newest first.
  CREATE INDEX requests_in_gallery ON requests (id)
    WHERE state = 'answered' AND cost > 0 AND mention ->> '$.visibility' = 'public';

  -- Who has asked on our own page or through our own API comes back to look.
  CREATE INDEX requests_of_owner ON requests (mention ->> '$.author.handle', id)
    WHERE platform = 'web' AND mention IS NOT NULL;

  -- Programs that may ask for pictures. Of a key's secret there is only the SHA-256.
  CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    hash       BLOB NOT NULL,
    weight     REAL NOT NULL CHECK (weight > 0),
    created_at INTEGER NOT NULL,
    used_at    INTEGER, -- NULL until it is
    revoked_at INTEGER  -- NULL while it holds
  ) STRICT, WITHOUT ROWID;
  `,
  },
  {
    postgres: NOTHING,
    sqlite: `
  -- What the operator has taken out of the gallery; whoever asked for it still has it.
  ALTER TABLE requests ADD COLUMN taken_down INTEGER NOT NULL DEFAULT 0 CHECK (taken_down IN (0, 1));
  `,
  },
  {
    sqlite: `
  -- JSON is asked as PostgreSQL understands it, too; an index counts only where it says the same, letter by letter.
  DROP INDEX requests_in_gallery;
  CREATE INDEX requests_in_gallery ON requests (id)
    WHERE state = 'answered' AND cost > 0 AND mention ->> 'visibility' = 'public';
  DROP INDEX requests_of_owner;
  CREATE INDEX requests_of_owner ON requests (mention -> 'author' ->> 'handle', id)
    WHERE platform = 'web' AND mention IS NOT NULL;

  -- With PostgreSQL several count at the same time, each in a row of its own; here there is one.
  ALTER TABLE tallies ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;
  `,
    postgres: `
  -- The same tables as SQLite has by now; what they are for is said above. JSON is kept as it was written, so that it
  -- is read again word for word.
  CREATE TABLE people (
    platform   TEXT COLLATE "C" NOT NULL,
    person     TEXT COLLATE "C" NOT NULL,
    weight     DOUBLE PRECISION NOT NULL DEFAULT 1 CHECK (weight > 0),
    finish_tag DOUBLE PRECISION NOT NULL DEFAULT 0,
    in_gallery INTEGER NOT NULL DEFAULT 1 CHECK (in_gallery IN (0, 1)),
    PRIMARY KEY (platform, person)
  );
  CREATE INDEX people_finish ON people (finish_tag);

  CREATE TABLE requests (
    id          BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    platform    TEXT COLLATE "C" NOT NULL,
    mention_id  TEXT COLLATE "C" NOT NULL,
    person      TEXT COLLATE "C" NOT NULL,
    mention     JSON,
    request     JSON,
    state       TEXT COLLATE "C" NOT NULL
                CHECK (state IN ('queued', 'rendering', 'answering', 'answered', 'unanswerable', 'cancelled')),
    answer      JSON,
    start_tag   DOUBLE PRECISION NOT NULL,
    finish_tag  DOUBLE PRECISION NOT NULL,
    cost        DOUBLE PRECISION NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  BIGINT NOT NULL DEFAULT 0,
    lease_token TEXT,
    lease_until BIGINT,
    reply_id    TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    deferred    INTEGER NOT NULL DEFAULT 0 CHECK (deferred IN (0, 1)),
    checked_at  BIGINT NOT NULL DEFAULT 0,
    interim_id  TEXT COLLATE "C",
    taken_down  INTEGER NOT NULL DEFAULT 0 CHECK (taken_down IN (0, 1)),
    FOREIGN KEY (platform, person) REFERENCES people,
    UNIQUE (platform, mention_id)
  );
  CREATE INDEX requests_waiting ON requests (start_tag, id) WHERE state IN ('queued', 'rendering');
  CREATE INDEX requests_ready ON requests (start_tag, id)
    WHERE state IN ('queued', 'rendering') AND deferred = 0;
  CREATE INDEX requests_to_answer ON requests ((cost = 0), id) WHERE state = 'answering' AND deferred = 0;
  CREATE INDEX requests_deferred ON requests (not_before) WHERE deferred = 1;
  CREATE INDEX requests_waiting_of_person ON requests (platform, person, start_tag, id)
    WHERE state IN ('queued', 'rendering');
  CREATE INDEX requests_of_person ON requests (platform, person, created_at);
  CREATE INDEX requests_by_reply ON requests (platform, reply_id) WHERE reply_id IS NOT NULL;
  CREATE INDEX requests_by_interim ON requests (platform, interim_id) WHERE interim_id IS NOT NULL;
  CREATE INDEX requests_to_forget ON requests (changed_at)
    WHERE mention IS NOT NULL AND state IN ('answered', 'unanswerable', 'cancelled');
  CREATE INDEX requests_to_check ON requests (platform, checked_at)
    WHERE mention IS NOT NULL AND state = 'answered' AND cost > 0;
  CREATE INDEX requests_in_gallery ON requests (id)
    WHERE state = 'answered' AND cost > 0 AND mention ->> 'visibility' = 'public';
  CREATE INDEX requests_of_owner ON requests ((mention -> 'author' ->> 'handle'), id)
    WHERE platform = 'web' AND mention IS NOT NULL;

  -- Whoever counts keeps the row until its commit, for which it waits for the disk. So connections count in rows of
  -- their own, most of them, and it is the sum that counts.
  CREATE TABLE tallies (
    state TEXT COLLATE "C" NOT NULL,
    slot  INTEGER NOT NULL DEFAULT 0,
    n     BIGINT NOT NULL,
    PRIMARY KEY (state, slot)
  );
  INSERT INTO tallies (state, n) VALUES
    ('queued', 0), ('rendering', 0), ('answering', 0), ('answered', 0), ('unanswerable', 0), ('cancelled', 0);
  CREATE FUNCTION count_more(counted TEXT, more INTEGER) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tallies VALUES (counted, pg_backend_pid() % 64, more)
    ON CONFLICT (state, slot) DO UPDATE SET n = tallies.n + excluded.n
  $$;
  -- In the order of their names, or two that move the same way round would wait for each other.
  CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      PERFORM count_more(new.state, 1);
    ELSIF old.state < new.state THEN
      PERFORM count_more(old.state, -1);
      PERFORM count_more(new.state, 1);
    ELSE
      PERFORM count_more(new.state, 1);
      PERFORM count_more(old.state, -1);
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER tally_admitted AFTER INSERT ON requests FOR EACH ROW EXECUTE FUNCTION tally();
  CREATE TRIGGER tally_moved AFTER UPDATE OF state ON requests
    FOR EACH ROW WHEN (old.state <> new.state) EXECUTE FUNCTION tally();

  CREATE TABLE dispatch (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    last_start DOUBLE PRECISION NOT NULL,
    paused     INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
  );
  INSERT INTO dispatch VALUES (1, 0, 0);

  CREATE TABLE cursors (
    platform TEXT COLLATE "C" PRIMARY KEY,
    position TEXT NOT NULL
  );
  CREATE TABLE paces (
    device          TEXT COLLATE "C" PRIMARY KEY,
    cost_per_second DOUBLE PRECISION NOT NULL CHECK (cost_per_second > 0),
    measured_at     BIGINT NOT NULL DEFAULT 0
  );
  CREATE TABLE blocks (
    pattern    TEXT COLLATE "C" PRIMARY KEY,
    created_at BIGINT NOT NULL
  );
  CREATE TABLE inbox (
    id         BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    platform   TEXT COLLATE "C" NOT NULL,
    mention_id TEXT COLLATE "C" NOT NULL,
    person     TEXT COLLATE "C" NOT NULL,
    mention    JSON NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    UNIQUE (platform, mention_id)
  );
  CREATE INDEX inbox_of_person ON inbox (platform, person, id);
  CREATE TABLE untold (
    platform   TEXT COLLATE "C" NOT NULL,
    mention_id TEXT COLLATE "C" NOT NULL,
    mention    JSON NOT NULL,
    PRIMARY KEY (platform, mention_id)
  );
  CREATE TABLE own_posts (
    platform    TEXT COLLATE "C" NOT NULL,
    post_id     TEXT COLLATE "C" NOT NULL,
    mention_id  TEXT COLLATE "C" NOT NULL,
    text        TEXT NOT NULL,
    has_picture INTEGER NOT NULL CHECK (has_picture IN (0, 1)),
    PRIMARY KEY (platform, post_id)
  );
  CREATE INDEX own_posts_under ON own_posts (platform, mention_id);
  CREATE INDEX own_posts_by_age ON own_posts (platform, length(post_id), post_id);
  CREATE TABLE attempts (
    key        BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    platform   TEXT COLLATE "C" NOT NULL,
    mention_id TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    after      TEXT NOT NULL
  );
  CREATE INDEX attempts_of_platform ON attempts (platform, key);
  CREATE TABLE reads (
    platform TEXT COLLATE "C" NOT NULL,
    day      TEXT COLLATE "C" NOT NULL,
    n        BIGINT NOT NULL CHECK (n >= 0),
    PRIMARY KEY (platform, day)
  );
  CREATE TABLE api_keys (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT NOT NULL,
    hash       BYTEA NOT NULL,
    weight     DOUBLE PRECISION NOT NULL CHECK (weight > 0),
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
  );
  `,
  },
  {
    // A bot with a file has its accounts in another one, beside it.
    sqlite: NOTHING,
    postgres: `
  -- The accounts that the bot is signed in to, tokens and all.
  CREATE TABLE accounts (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    stored   JSON NOT NULL
  );
  -- What was moved here from SQLite, if anything was.
  CREATE TABLE moved_from (
    digest TEXT PRIMARY KEY, -- SHA-256 of all its rows
    at     BIGINT NOT NULL   -- ms since 1970
  );
  `,
  },
  {
    sqlite: `
  -- Of each machine that paints for a database; here there is one, without a name.
  CREATE TABLE paces_of_machines (
    machine         TEXT NOT NULL,
    device          TEXT NOT NULL,
    cost_per_second REAL NOT NULL CHECK (cost_per_second > 0),
    measured_at     INTEGER NOT NULL,
    PRIMARY KEY (machine, device)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO paces_of_machines SELECT '', device, cost_per_second, measured_at FROM paces;
  DROP TABLE paces;
  ALTER TABLE paces_of_machines RENAME TO paces;
  `,
    postgres: `
  ALTER TABLE paces ADD COLUMN machine TEXT COLLATE "C" NOT NULL DEFAULT '';
  ALTER TABLE paces DROP CONSTRAINT paces_pkey, ADD PRIMARY KEY (machine, device);
  `,
  },
  {
    // Where the database is a file, pictures are, too.
    sqlite: NOTHING,
    postgres: `
  -- Painted pictures and what people have sent, where they are to be reached from several machines (src/pictures/). What is
  -- compressed already is not compressed once more.
  CREATE TABLE pictures (
    key        TEXT COLLATE "C" PRIMARY KEY,
    bytes      BYTEA NOT NULL,
    changed_at BIGINT NOT NULL -- ms since 1970
  );
  ALTER TABLE pictures ALTER COLUMN bytes SET STORAGE EXTERNAL;
  `,
  },
  {
    // SQLite tells of each transaction how it ended.
    sqlite: NOTHING,
    postgres: `
  -- Marks of transactions, and whether they were done: see src/queue/postgres/endings.ts.
  CREATE TABLE endings (
    mark     UUID PRIMARY KEY,
    was_done BOOLEAN NOT NULL,
    at       TIMESTAMPTZ NOT NULL DEFAULT now()
  );
  `,
  },
  {
    // Where the database is a file, one process does everything.
    sqlite: NOTHING,
    postgres: `
  -- Which processes paint, as each of them says again and again (painters.ts).
  CREATE TABLE painters (
    machine TEXT COLLATE "C" PRIMARY KEY,
    said_at BIGINT NOT NULL -- ms since 1970
  );
  `,
  },
];
