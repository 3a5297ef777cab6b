import { z } from 'zod';
import { BudgetSpent, PlatformError } from '../port.js';
import {
  authorOf,
  FIELDS,
  idOf,
  idSchema,
  MOST_WITH_A_POST,
  pageSchema,
  toMention,
  toPostEntity,
} from './entities.js';
import type { Ledger } from './ledger.js';
import { readOwnPosts } from './own-posts.js';
import { KEPT_FOR_ANSWERS, type Reserved } from './reads.js';
import { isUncharged, type Session } from './session.js';
import { byAge, idAt } from './snowflake.js';

/** How many X gives at a time, at least and at most. */
const PAGE = { min: 5, max: 100 } as const;
/** A bot that has never run answers what was said to it within the last day. */
const FIRST_LOOK_BACK_MS = 24 * 60 * 60_000;

/** How far the mentions have been read. X gives the newest first, so a reading goes downward, and may be interrupted. */
const positionSchema = z.object({
  /** All up to here. */
  since: idSchema,
  /** And, of a reading that is under way, from the newest down to this one. */
  down: z.object({ from: idSchema, to: idSchema }).optional(),
});
type Position = z.infer<typeof positionSchema>;

/** What is to be read: ids above one, and below another. */
interface Range {
  readonly since: string;
  readonly below: string | undefined;
}

/**
 * Makes a function that reads the mentions that came since the last time and keeps them in the ledger, page by page: no page
 * is paid for twice, whatever happens between two of them. One call at a time.
 *
 * Pages are asked for by ids, and not by the tokens that X gives out for the next one: those do not outlast the bot.
 * @throws PlatformError
 * @param onPage told whenever X has answered
 */
export function mentionsReader(session: Session, onPage: () => void): () => Promise<void> {
  const { client, reads, options } = session;
  const { ledger, userId, log } = options;
  /** As a rule there are few mentions; more at a time are asked for only if there are more. */
  let size: number = PAGE.min;
  /** Set aside for answers that were lost on the way: what each held is among what is read until there is no more. */
  let lost: Reserved[] = [];
  /** How much that was until now. */
  let found = 0;

  const ask = async ({ since, below }: Range, most: number, token?: string) => {
    const reserved = await reads.reserve(most * (1 + MOST_WITH_A_POST));
    const page = await client
      .ask('reading mentions', async ({ v2 }) =>
        pageSchema.parse(
          await v2.get(`users/${userId}/mentions`, {
            ...FIELDS,
            max_results: most,
            since_id: since,
            ...(below !== undefined && { until_id: below }),
            ...(token !== undefined && { pagination_token: token }),
          }),
        ),
      )
      .catch(async (error: unknown) => {
        if (error instanceof PlatformError && isUncharged(error)) await reserved.settle(0);
        else lost.push(reserved);
        throw error;
      });
    const { data, includes } = page;
    const count = data.length + includes.users.length + includes.media.length;
    await reserved.settle(count);
    found += count;
    return page;
  };

  /** Where a bot that has never run begins. */
  const firstPosition = async (): Promise<Position> => {
    const since = idAt(Date.now() - FIRST_LOOK_BACK_MS);
    // By a bot with another database, before this one was begun, some mentions may have been answered.
    await readOwnPosts(session, since);
    await ledger.keep([], JSON.stringify({ since } satisfies Position));
    return { since };
  };

  /** Reads one page and keeps it; tells whether there are more. */
  const readPage = async ({ since, down }: Position, most: number): Promise<boolean> => {
    const range = { since, below: down?.to };
    let page = await ask(range, most);
    // X may have nothing to show on a page and something on the next.
    while (page.data.length === 0 && page.meta.next_token !== undefined)
      page = await ask(range, most, page.meta.next_token);
    const { data, includes, meta } = page;
    const ids = data.flatMap((entry) => idOf(entry) ?? []).sort(byAge);
    const [oldest, newest] = [ids[0], ids.at(-1)];
    const mentions = data.flatMap((entry) => {
      const post = toPostEntity(entry);
      const author = post && authorOf(post, includes);
      if (post !== undefined && author !== undefined)
        return toMention(post, author, includes, userId) ?? [];
      const what = post
        ? 'a mention by somebody of whom X tells nothing'
        : 'a post that cannot be read';
      log.warn({ post: idOf(entry) }, `${what} is passed over`);
      return [];
    });
    const from = down?.from ?? newest ?? since;
    const hasMore = meta.next_token !== undefined && oldest !== undefined;
    const next: Position = hasMore ? { since, down: { from, to: oldest } } : { since: from };
    await ledger.keep(mentions, JSON.stringify(next));
    return hasMore;
  };

  return async () => {
    for (let hasMore = true; hasMore;) {
      const position = positionIn(await ledger.position()) ?? (await firstPosition());
      const affordable = Math.floor(
        ((await reads.left()) - KEPT_FOR_ANSWERS) / (1 + MOST_WITH_A_POST),
      );
      if (affordable < PAGE.min) throw new BudgetSpent('reads of X', reads.nextDay());
      hasMore = await readPage(position, Math.min(size, affordable));
      onPage();
      size = hasMore ? Math.min(PAGE.max, 2 * size) : PAGE.min;
      // Not before the end: meanwhile there may have come newer ones, in place of which older ones were lost.
      if (hasMore) continue;
      for (const one of lost) await one.settle(found);
      [lost, found] = [[], 0];
    }
  };
}

/** Whether a reading was interrupted, so that what is kept are the newest mentions, and older ones are still to come. */
export async function isMidway(ledger: Pick<Ledger, 'position'>): Promise<boolean> {
  return positionIn(await ledger.position())?.down !== undefined;
}

function positionIn(text: string | undefined): Position | undefined {
  return text === undefined ? undefined : positionSchema.parse(JSON.parse(text));
}
