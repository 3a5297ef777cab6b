import type { Log } from '../log.js';
import type { Attachment, Mention, Platform } from '../platforms/port.js';
import type { Outcome } from '../queue/admission.js';
import { isBlocked } from '../queue/blocks.js';
import { requestBehind, requestFor, shown } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { sizeFor } from '../render/decode.js';
import { parse } from '../requests/parse.js';
import type { RenderRequest } from '../requests/request.js';
import { costOf, pyramid } from '../style/schedule.js';

export interface ListeningOptions {
  readonly queue: Queue;
  /** Longest side of the results. */
  readonly size: number;
  /** Shares of people other than the 1 that everybody has, by address. */
  readonly weights: Readonly<Record<string, number>>;
  readonly log: Log;
}

/** Listen, parse, queue; and who deletes a mention wants undone what came of it. */
export async function listen(
  platform: Platform,
  options: ListeningOptions,
  signal: AbortSignal,
): Promise<void> {
  const { queue, size, weights, log } = options;

  const mentioned = (mention: Mention) => {
    const { address } = mention.author;
    if (isBlocked(queue.database, address)) {
      log.debug({ platform: platform.name, mention: mention.id, address }, 'blocked');
      return;
    }
    const outcome = queue.admit(
      platform.name,
      mention,
      outcomeOf(mention, earlierOf(mention), size),
      weights[address.toLowerCase()],
    );
    if (outcome === undefined) return; // we know it already
    const request = requestFor(queue.database, platform.name, mention.id);
    const [became] = Object.keys(outcome);
    log.info({ platform: platform.name, mention: mention.id, request, became }, 'a mention');
    platform
      .acknowledge(mention)
      .catch((error: unknown) => log.warn({ error, request }, 'no acknowledgment'));
  };

  const earlierOf = ({ inReplyTo }: Mention) =>
    inReplyTo === undefined ? undefined : requestBehind(queue.database, platform.name, inReplyTo);

  const deleted = (postId: string) => {
    const request = requestFor(queue.database, platform.name, postId);
    const person = request && shown(queue.database, request)?.person;
    if (person === undefined) return;
    queue.admit(platform.name, withdrawal(postId, person), { removal: postId });
    log.info({ request }, 'the mention was deleted');
  };

  await platform.listen({ mentioned, deleted }, signal);
}

/**
 * That somebody deleted their post, as the #delete that it amounts to. So it is kept until it is done: people delete
 * many posts at once, and servers limit how many we may remove.
 */
function withdrawal(postId: string, person: string): Mention {
  return {
    id: `${postId} deleted`,
    author: { id: person, handle: '(deleted)', address: '(deleted)' },
    text: '',
    attachments: [],
    visibility: 'direct',
    sensitive: false,
    spoiler: '',
    language: null,
  };
}

function outcomeOf(mention: Mention, earlier: RenderRequest | undefined, size: number): Outcome {
  const parsed = parse(mention, earlier);
  switch (parsed.type) {
    case 'request':
      return { request: parsed.request, cost: costFor(parsed.request.content, size) };
    case 'refusal':
      return { refusal: parsed.refusal };
    case 'removal':
      return { removal: parsed.postId };
    case 'talk':
      return { talk: true };
  }
}

/** The arithmetic that a photo will take, as far as its size is known; otherwise as much as it can be. */
function costFor({ size: given }: Attachment, longest: number): number {
  return costOf(pyramid(sizeFor(given ?? { width: longest, height: longest }, longest)));
}
