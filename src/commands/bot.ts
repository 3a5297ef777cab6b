import Database from 'better-sqlite3';
import { loadConfig } from '../config.js';
import { createLog, type Log } from '../log.js';
import type { Role } from '../front.js';
import { DatabaseAway } from '../queue/sql.js';
import { startBot } from '../start.js';
import { UsageError } from './errors.js';

/**
 * The longest that the bot takes to end: a reply under way, or signing in, may be waiting for a slow server. Docker kills after
 * 10 s, systemd after 90 s; being killed loses nothing, but then an orderly end looks like a crash.
 */
export const END_MS = 8000;

/**
 * `pentimento bot`, and, of several on one database, `pentimento listen` and `pentimento work`: runs until it is told to stop.
 */
export async function botCommand(role: Role, signal: AbortSignal): Promise<void> {
  // What people sent, some of it to nobody else, is for the operator's eyes alone.
  process.umask(0o077);
  const config = loadConfig();
  if (role !== 'bot' && config.database.url === undefined)
    throw new UsageError(
      `"pentimento ${role}" shares its queue with others, in PostgreSQL: set DATABASE_URL (see docs/scaling.md); on one machine, "pentimento bot" does everything`,
    );
  const log = createLog(config.logLevel);
  // Before anything that a server could keep waiting.
  signal.addEventListener('abort', () => endInTime(log), { once: true });
  const { sandbox, accounts, done } = await startBot(config, log, signal, role);
  console.log(
    sandbox === undefined
      ? greetingOf(role, accounts)
      : `No account is configured, so here is a sandbox to try the bot in: ${sandbox.url}`,
  );
  try {
    await done;
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw explained(error);
    // It waits for a database until it is told to stop.
    log.warn({ error }, 'what was under way is gone on with once the database is back');
  }
}

function greetingOf(role: Role, accounts: readonly string[]): string {
  if (role === 'work') return 'Painting what waits in the queue.';
  return accounts.length > 0
    ? `Listening as ${accounts.join(', ')}.`
    : 'No account is configured, so pictures are asked for by the page and the API alone.';
}

function endInTime(log: Log): void {
  log.info('told to stop: a picture under way is put back into the queue, a reply is finished');
  setTimeout(() => {
    log.warn('a server is still silent; a reply under way will be looked for at the next start');
    process.exit();
  }, END_MS).unref();
}

/** What is wrong when the database cannot be written, for somebody who reads the last line of a log. */
function explained(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  return new Error(
    `the queue cannot be written (${error.message}); see to the disk and start the bot again, nothing is lost`,
    { cause: error },
  );
}
