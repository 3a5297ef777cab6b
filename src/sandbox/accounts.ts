import { createHash, randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { NextId } from './ids.js';

/** An account as it lies in the database. */
export interface AccountRow {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly note: string;
  readonly bot: 0 | 1;
  /** A reserved account belongs to the program that runs the sandbox; nobody can sign in to it through the API. */
  readonly reserved: 0 | 1;
  readonly createdAt: string;
}

export interface ApplicationRow {
  readonly id: string;
  readonly name: string;
  readonly website: string | null;
}

/** Who holds a token: a person, an application, or both. */
export interface TokenRow {
  readonly accountId: string | null;
  readonly applicationId: string | null;
}

const accountColumns =
  'id, username, display_name AS displayName, note, bot, reserved, created_at AS createdAt';

/** Accounts, the applications that act for them, and the tokens that let them in. */
export class AccountStore {
  readonly #database: Database;
  readonly #nextId: NextId;
  readonly #now: () => Date;

  constructor(database: Database, nextId: NextId, now: () => Date) {
    this.#database = database;
    this.#nextId = nextId;
    this.#now = now;
  }

  byId(id: string): AccountRow | undefined {
    return this.#database
      .prepare<[string], AccountRow>(`SELECT ${accountColumns} FROM accounts WHERE id = ?`)
      .get(id);
  }

  /** Finds an account by its name, in any case. */
  byUsername(username: string): AccountRow | undefined {
    return this.#database
      .prepare<[string], AccountRow>(`SELECT ${accountColumns} FROM accounts WHERE username = ?`)
      .get(username);
  }

  /** The account of that name, made if it is not there yet. */
  findOrCreate(username: string): AccountRow {
    this.#database
      .prepare(
        'INSERT INTO accounts (id, username, display_name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(this.#nextId(), username, username, this.#now().toISOString());
    const account = this.byUsername(username);
    if (account === undefined) throw new Error(`The account ${username} could not be made.`);
    return account;
  }

  /** Takes an account out of everybody's reach: whoever was signed in to it before no longer is. */
  reserve(id: string): void {
    this.#database.transaction(() => {
      const { changes } = this.#database
        .prepare('UPDATE accounts SET reserved = 1 WHERE id = ? AND reserved = 0')
        .run(id);
      if (changes > 0) this.#database.prepare('DELETE FROM tokens WHERE account_id = ?').run(id);
    })();
  }

  update(
    id: string,
    profile: {
      readonly displayName?: string | undefined;
      readonly note?: string | undefined;
      readonly bot?: boolean | undefined;
    },
  ): void {
    this.#database
      .prepare(
        `UPDATE accounts SET display_name = coalesce(@displayName, display_name), note = coalesce(@note, note),
           bot = coalesce(@bot, bot) WHERE id = @id`,
      )
      .run({
        id,
        displayName: profile.displayName ?? null,
        note: profile.note ?? null,
        bot: profile.bot === undefined ? null : Number(profile.bot),
      });
  }

  createApplication(name: string, website: string | null) {
    const application = {
      id: this.#nextId(),
      name,
      website,
      clientId: secret(),
      clientSecret: secret(),
    };
    this.#database
      .prepare(
        'INSERT INTO applications (id, name, website, client_id, client_secret_hash) VALUES (?, ?, ?, ?, ?)',
      )
      .run(
        application.id,
        name,
        website,
        application.clientId,
        fingerprint(application.clientSecret),
      );
    return application;
  }

  application(id: string): ApplicationRow | undefined {
    return this.#database
      .prepare<[string], ApplicationRow>('SELECT id, name, website FROM applications WHERE id = ?')
      .get(id);
  }

  applicationByClientId(clientId: string): ApplicationRow | undefined {
    return this.#database
      .prepare<[string], ApplicationRow>(
        'SELECT id, name, website FROM applications WHERE client_id = ?',
      )
      .get(clientId);
  }

  /** The application that proves itself by these credentials. */
  applicationByCredentials(clientId: string, clientSecret: string): ApplicationRow | undefined {
    return this.#database
      .prepare<[string, string], ApplicationRow>(
        'SELECT id, name, website FROM applications WHERE client_id = ? AND client_secret_hash = ?',
      )
      .get(clientId, fingerprint(clientSecret));
  }

  /** A new token. Only its hash is kept, so that whoever reads the database cannot sign in with it. */
  mintToken(holder: TokenRow): string {
    const token = secret();
    this.#database
      .prepare(
        'INSERT INTO tokens (hash, account_id, application_id, created_at) VALUES (?, ?, ?, ?)',
      )
      .run(fingerprint(token), holder.accountId, holder.applicationId, this.#now().toISOString());
    return token;
  }

  revokeToken(token: string): void {
    this.#database.prepare('DELETE FROM tokens WHERE hash = ?').run(fingerprint(token));
  }

  holderOf(token: string): TokenRow | undefined {
    return this.#database
      .prepare<[string], TokenRow>(
        'SELECT account_id AS accountId, application_id AS applicationId FROM tokens WHERE hash = ?',
      )
      .get(fingerprint(token));
  }
}

/** 256 random bits, in letters that are allowed in headers, URLs and WebSocket protocol names alike. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

// A plain hash is enough for secrets that are random: there is no dictionary to try.
function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
