import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { MISSED, type News } from '../sql.js';
import type { Connections } from './connections.js';

/** Of several in such a time those who hear them need only one. */
const TOGETHER_MS = 50;

/** So often one who listens makes sure that somebody is still there: of a cut cable the system tells only after two hours. */
const BEAT_MS = 10_000;

/** One for all processes of a bot, and for no other bot in the same database. */
const CHANNEL = "'pentimento ' || current_schema()";

/**
 * What the processes on one database tell each other, by NOTIFY. It is a hint and never the truth: while a connection is away
 * one hears nothing, and looks by oneself a little later.
 */
export class PostgresNews implements News {
  readonly #heard = new EventEmitter<{ news: [string] }>().setMaxListeners(0);
  readonly #untold = new Set<string>();
  readonly #stop = new AbortController();
  #listening: Promise<void> | undefined;
  #telling: Promise<void> | undefined;

  constructor(private readonly connections: Connections) {}

  tell(news: string): void {
    if (this.connections.isAway) return; // by the time that it is back nobody wants to know
    this.#untold.add(news);
    this.#telling ??= this.#tellAll();
  }

  hear(listener: (news: string) => void): void {
    this.#heard.on('news', listener);
    this.#listening ??= this.#listen();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#telling;
    await this.#listening;
  }

  async #tellAll(): Promise<void> {
    while (this.#untold.size > 0 && !this.#stop.signal.aborted) {
      await sleep(TOGETHER_MS);
      const all = [...this.#untold];
      this.#untold.clear();
      try {
        const client = await this.connections.take();
        try {
          for (const news of all) await client.query(`SELECT pg_notify(${CHANNEL}, $1)`, [news]);
          client.release();
        } catch (error) {
          client.release(true);
          throw error;
        }
      } catch {
        // Nobody needs to have heard it.
      }
    }
    this.#telling = undefined;
  }

  /** Goes on over outages until it is closed. */
  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let client: Client | undefined;
      try {
        client = await this.connections.keep();
        await this.#hearFrom(client);
      } catch {
        await this.connections.pause();
      } finally {
        await client?.end().catch(() => undefined);
      }
    }
  }

  async #hearFrom(client: Client): Promise<void> {
    const { signal } = this.#stop;
    const over = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.once('error', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ({ payload = '' }) => this.#heard.emit('news', payload));
    const { rows } = await client.query<{ readonly channel: string }>(
      `SELECT quote_ident(${CHANNEL}) AS channel`,
    );
    await client.query(`LISTEN ${rows[0]?.channel ?? ''}`);
    this.#heard.emit('news', MISSED);
    const isOver = over.then(() => true);
    // An answer that does not come is an error, too: see what is said of silence in connections.ts.
    while (
      !signal.aborted &&
      !(await Promise.race([isOver, sleep(BEAT_MS, false, { ref: false })]))
    )
      await client.query('SELECT 1');
  }
}
