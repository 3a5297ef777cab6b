import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { DutyLost, type Duty } from '../sql.js';
import { isLost, type Connections } from './connections.js';

/** So often a stand-by tries. */
const TRY_MS = 1000;
/**
 * So often the holder makes sure that it still is one, and so long it waits for that. It gives up before the server does, which
 * notices within a quarter of a minute that nobody answers: see the session's settings in connections.ts.
 */
const BEAT_MS = 2000;
const SILENCE_MS = 4000;
/** So long the server may hear nothing of the holder, nor of a stand-by. */
const IDLE_MS = 10_000;

/** What only one process at a time may do. The lock's first number is ours, as are these. */
const OURS = 0x70656e74; // "pent"
const numbers: Readonly<Record<Duty, number>> = { listening: 1, accounts: 2 };

/**
 * Does what only one process of all on a database may do, once nobody else does it: the lock is that of a connection, so it
 * is free again as soon as whoever held it is no more.
 * @param signal no duty begins after it; what is under way hears of it
 * @param onStandBy told if somebody else has the duty
 * @returns undefined if the signal came first
 * @throws DutyLost if the connection was lost meanwhile; whatever `act` throws
 */
export async function onDuty<T>(
  connections: Connections,
  duty: Duty,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
  onStandBy: () => void = () => undefined,
): Promise<T | undefined> {
  const client = await connections.keep();
  try {
    // Whoever has been stopped, or hangs, is silent and still connected: the server ends it, and the next one follows.
    await client.query(`SET idle_session_timeout = ${IDLE_MS}`);
    if (!(await taken(client, duty, signal, onStandBy))) return undefined;
    return await holding(client, signal, act);
  } catch (error) {
    throw isLost(error) ? new DutyLost(`${duty} was lost`, { cause: error }) : error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Each schema has its own: the lock's two numbers have room for 2³² of them, times the few duties. */
async function taken(
  client: Client,
  duty: Duty,
  signal: AbortSignal,
  onStandBy: () => void,
): Promise<boolean> {
  let isFirst = true;
  while (!signal.aborted) {
    const { rows } = await client.query<{ readonly taken: boolean }>(
      `SELECT pg_try_advisory_lock(${OURS + numbers[duty]}, hashtext(current_schema())) AS taken`,
    );
    if (rows[0]?.taken === true) return true;
    if (isFirst) onStandBy();
    isFirst = false;
    await sleep(TRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

async function holding<T>(
  client: Client,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const lose = (cause?: unknown) => controller.abort(new DutyLost('the duty is lost', { cause }));
  client.once('error', lose);
  client.once('end', () => lose());
  let isAsking = false;
  const heartbeat = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    const silence = setTimeout(lose, SILENCE_MS);
    client
      .query('SELECT 1')
      .then(() => (isAsking = false), lose)
      .finally(() => clearTimeout(silence));
  }, BEAT_MS);
  try {
    const result = await act(controller.signal);
    if (controller.signal.reason instanceof DutyLost) throw controller.signal.reason;
    return result;
  } finally {
    clearInterval(heartbeat);
    signal.removeEventListener('abort', stop);
  }
}
