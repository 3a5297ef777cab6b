import { createHash, timingSafeEqual } from 'node:crypto';

/** Who asks for pictures. */
export interface Client {
  /** As whom the queue counts them: for fairness, and for quotas. */
  readonly person: string;
  /** Who alone may see what they asked for, and end it. */
  readonly owner: string;
  /** Their share of the bot's time, relative to the 1 that everybody has. */
  readonly weight: number;
}

/** A program, by its key: the id tells it apart. */
export function programOf({
  id,
  weight,
}: {
  readonly id: string;
  readonly weight: number;
}): Client {
  return { person: `key:${id}`, owner: `key:${id}`, weight };
}

/**
 * Somebody at a browser. Their turn is counted by where they come from, since another session costs nothing; what is
 * theirs belongs to their session.
 * @param salt random, and another one after every start: of the address itself nothing is kept
 */
export function visitorOf(session: string, address: string, salt: string): Client {
  const person = `visitor:${hashOf(`${salt} ${address}`).subarray(0, 12).toString('base64url')}`;
  return { person, owner: `session:${hashOf(session).toString('base64url')}`, weight: 1 };
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hashOf(one), hashOf(other));
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
