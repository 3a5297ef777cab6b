import { block, blocked, blocking, isPattern, unblock } from '../queue/blocks.js';
import { UsageError } from './errors.js';
import { withDatabase } from './open.js';

/** `pentimento block [PATTERN]`: without a pattern it lists who is blocked. */
export async function blockCommand(pattern: string | undefined): Promise<void> {
  if (pattern !== undefined && !isPattern(pattern))
    throw new UsageError(
      `${pattern} is neither an account like ada@example.social nor a domain like example.social; "pentimento queue list" shows who asked`,
    );
  await withDatabase(async (database) => {
    if (pattern === undefined) {
      const patterns = await blocked(database);
      console.log(patterns.length === 0 ? 'Nobody is blocked.' : patterns.join('\n'));
    } else if (await block(database, pattern, Date.now())) {
      console.log(
        `${pattern} is blocked: what they ask from now on is passed over in silence, and nothing of theirs hangs in the gallery.`,
      );
    } else {
      console.log(`${pattern} was blocked already.`);
    }
  });
}

/** `pentimento unblock PATTERN` */
export async function unblockCommand(pattern: string): Promise<void> {
  await withDatabase(async (database) => {
    if (!(await unblock(database, pattern)))
      throw new Error(`${pattern} is not blocked; "pentimento block" lists who is`);
    const [still] = await blocking(database, pattern);
    console.log(
      still === undefined
        ? `${pattern} is answered again.`
        : `${pattern} is no longer blocked by itself, but still by ${still}.`,
    );
  });
}
