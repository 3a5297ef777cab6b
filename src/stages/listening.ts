import type { Log } from '../log.js';
import type { Attachment, Mention, Platform } from '../platforms/port.js';
import type { Outcome } from '../queue/admission.js';
import { isBlocked } from '../queue/blocks.js';
import { requestBehind, requestFor } from '../queue/desk.js';
import type { Queue } from '../queue/queue.js';
import { forgetNow } from '../queue/retention.js';
import { sizeFor } from '../render/decode.js';
import { parse } from '../requests/parse.js';
import type { RenderRequest } from '../requests/request.js';
import { costOf, pyramid } from '../style/schedule.js';

export interface ListeningOptions {
  readonly queue: Queue;
  /** Where painted pictures lie. */
  readonly folder: string;
  /** Longest side of the results. */
  readonly size: number;
  /** Shares of people other than the 1 that everybody has, by address. */
  readonly weights: Readonly<Record<string, number>>;
  readonly log: Log;
}

/** Listen, parse, queue; and undo what can still be undone when a mention is deleted. */
export async function listen(
  platform: Platform,
  options: ListeningOptions,
  signal: AbortSignal,
): Promise<void> {
  const { queue, folder, size, weights, log } = options;

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
    if (request === undefined) return;
    const cancelled = queue.cancel(platform.name, postId);
    log.info({ request, cancelled }, 'the mention was deleted');
    forgetNow(queue.database, folder, request).catch((error: unknown) =>
      log.error({ error, request }, 'could not remove a picture; retention will try again'),
    );
  };

  await platform.listen({ mentioned, deleted }, signal);
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
