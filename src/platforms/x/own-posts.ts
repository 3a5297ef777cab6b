import { PlatformError } from '../port.js';
import type { Attempt, OwnPost } from './ledger.js';
import { idOf, pageSchema, repliedTo, textOf, toPostEntity } from './entities.js';
import { isUncharged, type Session } from './session.js';
import { byAge } from './snowflake.js';

/** How many X gives at a time, at least and at most; most often there is one to be found, or none. */
const PAGE = { min: 5, max: 100 } as const;

/**
 * Reads what we have posted since a post, into the ledger; then all these attempts are settled.
 * @throws PlatformError
 */
export async function readOwnPosts(
  { client, reads, options: { ledger, userId } }: Session,
  after: string,
  attempts: readonly Attempt[] = [],
): Promise<void> {
  const found: OwnPost[] = [];
  let size: number = PAGE.min;
  for (let token: string | undefined, isLast = false; !isLast;) {
    const most = Math.max(PAGE.min, Math.min(size, await reads.left()));
    const { settle } = await reads.reserve(most);
    const page = await client
      .ask('reading our own posts', async ({ v2 }) =>
        pageSchema.parse(
          await v2.get(`users/${userId}/tweets`, {
            'tweet.fields': 'attachments,author_id,referenced_tweets',
            max_results: most,
            since_id: after,
            ...(token !== undefined && { pagination_token: token }),
          }),
        ),
      )
      .catch(async (error: unknown) => {
        if (error instanceof PlatformError && isUncharged(error)) await settle(0);
        throw error;
      });
    await settle(page.data.length);
    for (const entry of page.data) {
      const post = toPostEntity(entry);
      const mentionId = post && repliedTo(post);
      if (mentionId === undefined) continue;
      const hasPicture = (post?.attachments?.media_keys ?? []).length > 0;
      found.push({ id: idOf(entry) ?? '', mentionId, text: post ? textOf(post) : '', hasPicture });
    }
    token = page.meta.next_token;
    size = Math.min(PAGE.max, 2 * size);
    isLast = token === undefined;
  }
  await ledger.found(
    found.sort((one, other) => byAge(one.id, other.id)),
    attempts,
  );
}
