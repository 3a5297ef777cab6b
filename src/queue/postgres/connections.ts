import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientBase, ClientConfig, Pool, PoolClient } from 'pg';
import { isInHurry } from '../hurry.js';
import { DatabaseAway } from '../sql.js';
import { driver } from './driver.js';

/** Of a process at a time: its painters' and its answers' statements, each of which takes a millisecond. */
const MOST = 8;
/** So long nothing may come of a statement before the connection is given up. */
const SILENCE_MS = 15_000;
/** A statement that takes so long is ended by the server, and fails; or one could not tell it from a server that is away. */
const LONGEST_MS = 10_000;
const CONNECT_MS = 5000;
/** Between two attempts to reach a server that is away. */
const PAUSE_MS = 500;

/**
 * What becomes of a connection that is cut, without anybody hearing of it, is the server's affair: what it held is free again
 * within a quarter of a minute, and not, as is usual, after two hours.
 */
const SESSION = `
  SET statement_timeout = ${LONGEST_MS};
  SET idle_in_transaction_session_timeout = '5s';
  SET tcp_keepalives_idle = 5;
  SET tcp_keepalives_interval = 2;
  SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = '10s'`;

/** So long a command waits for a server that is away: that is time enough to start it anew. */
const BRIEFLY_MS = 15_000;
/** So long after it went away somebody in a hurry still hopes that it is only being started anew. */
const HURRY_MS = 5000;

/** How one bears it that the server is away. */
export interface Patience {
  /** Told once when the server is away, and once when it is back. */
  readonly weather?: (isBack: boolean, error?: unknown) => void;
  /** Until then one waits; without it, a quarter of a minute at a time. */
  readonly until?: AbortSignal;
}

/** Connections to one database, a few for statements and such as one keeps. While the server is away one waits for them. */
export class Connections {
  #awaySince: number | undefined;
  #ended: Promise<void> | undefined;

  private constructor(
    private readonly pool: Pool,
    private readonly make: (silenceMs: number) => Client,
    private readonly patience: Patience,
  ) {}

  /**
   * @param url postgres://…
   * @throws Error if the server cannot be reached, or will not have us
   */
  static async open(url: string, patience: Patience): Promise<Connections> {
    const { Pool, Client, types } = await driver();
    if (patience.until) setMaxListeners(0, patience.until); // many wait at the same time: their number is no sign of a leak
    const common: ClientConfig = {
      connectionString: url,
      types,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: SILENCE_MS,
      keepAlive: true,
      application_name: 'pentimento',
    };
    // It waits for what this promises, although its types do not say so.
    const onConnect = settle as (client: ClientBase) => void;
    const pool = new Pool({ ...common, max: MOST, onConnect });
    // One that breaks while nobody uses it is none of ours; the next is made when it is needed.
    pool.on('error', () => undefined);
    const connections = new Connections(
      pool,
      (silenceMs) => new Client({ ...common, query_timeout: silenceMs }),
      patience,
    );
    try {
      // Not one of the pool's, which leaves the socket of one that cannot sign in open, and the process with it.
      await (await connections.#connect()).end();
    } catch (error) {
      await pool.end();
      throw error;
    }
    return connections;
  }

  /** Whether the server was away when it was last asked for. */
  get isAway(): boolean {
    return this.#awaySince !== undefined;
  }

  /** One that is to be released; waits while the server is away. @throws DatabaseAway when patience is at its end */
  take(): Promise<PoolClient> {
    return this.#patiently(() => this.pool.connect());
  }

  /**
   * One of one's own, that is to be ended; waits while the server is away.
   * @throws DatabaseAway when patience is at its end
   * @param isSlow whether its statements may take as long as they like, as those that change the schema
   */
  keep(isSlow = false): Promise<Client> {
    return this.#patiently(() => this.#connect(isSlow));
  }

  pause(): Promise<void> {
    return sleep(PAUSE_MS);
  }

  end(): Promise<void> {
    return (this.#ended ??= this.pool.end());
  }

  async #connect(isSlow = false): Promise<Client> {
    const client = this.make(isSlow ? 0 : SILENCE_MS);
    heedless(client); // the server may end it in the very moment that it is connected
    try {
      await client.connect();
      await settle(client);
      if (isSlow) await client.query('SET statement_timeout = 0');
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  async #patiently<T>(connect: () => Promise<T>): Promise<T> {
    const { weather, until } = this.patience;
    const since = performance.now();
    for (;;)
      try {
        const connection = await connect();
        if (this.isAway) weather?.(true);
        this.#awaySince = undefined;
        return connection;
      } catch (error) {
        if (isBusy(error) && !this.isAway) continue;
        if (this.#ended !== undefined || !(isBusy(error) || isLost(error))) throw error;
        if (!this.isAway) weather?.(false, error);
        const now = performance.now();
        this.#awaySince ??= now;
        const isTooLong = isInHurry() && now - this.#awaySince >= HURRY_MS;
        if (isTooLong || (until?.aborted ?? now - since > BRIEFLY_MS))
          throw new DatabaseAway('the database cannot be reached', { cause: error });
        await sleep(PAUSE_MS, undefined, { signal: until }).catch(() => undefined);
      }
  }
}

/** All of the pool's connections are at work, or being made, and have been for a while, which says nothing of the server. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout exceeded');
}

/** Whoever asks something of it learns of its end. */
function heedless(client: ClientBase): void {
  client.on('error', () => undefined);
}

async function settle(client: ClientBase): Promise<void> {
  heedless(client);
  await client.query(SESSION);
}

/**
 * What says nothing of the statement: the server, or the way there, is gone, for a moment or for long. The classes are those of
 * https://www.postgresql.org/docs/15/errcodes-appendix.html; pg itself has only words for some.
 */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    /^(08...|57P0[1235]|25P03|53300|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(
      codeOf(error),
    ) ||
    /^(Connection terminated|Query read timeout|timeout expired|Client (has encountered|was closed))/.test(
      error.message,
    )
  );
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
