/*
 * What X charges for what the bot does, in US dollars. From https://docs.x.com/x-api/getting-started/pricing, as a copy of 28
 * August 2026 has it, and X's changelog of 16 April 2026 ("Owned Reads", in force since 20 April 2026). A program cannot ask
 * for them, and the Developer Console has the last word.
 */

export const PRICES = {
  /** A post in the account's own lists: mentions of it, and what it has posted ("Owned Reads"). */
  ownedRead: 0.001,
  /** Any other post. */
  post: 0.005,
  /** A person, as they come along with their post. */
  user: 0.01,
  /** A picture, as it comes along with its post. */
  media: 0.005,
  /** A reply to somebody who has mentioned the account ("summoned"). */
  reply: 0.01,
  /** The same where X does not take it for summoned. */
  replyUnasked: 0.015,
  /** A post with a link in it, of whatever kind. */
  replyWithLink: 0.2,
  /** An alt text or a warning on a picture. */
  mediaMetadata: 0.005,
} as const;

/** What people ask for, by what it takes of X. */
export const REQUESTS = {
  'painted, by two pictures in the mention': { media: 2, above: 0, painted: true },
  'painted, by one picture and one in the post above': { media: 1, above: 1, painted: true },
  'painted again, by a hashtag under an answer': { media: 0, above: 0, painted: true },
  'answered in words': { media: 0, above: 0, painted: false },
} as const;
export type RequestName = keyof typeof REQUESTS;
export const requestNames = Object.keys(REQUESTS) as readonly RequestName[];

export interface Cost {
  /** If X charges for posts alone, and for nothing that comes along with them. */
  readonly least: number;
  /** If it charges for everything in its answers, and no person asks twice within a day. X does not say which holds. */
  readonly most: number;
}

/** What a thousand requests of one kind cost, in US dollars. */
export function costPer1000(name: RequestName): Cost {
  const { media, above, painted } = REQUESTS[name];
  const answer = PRICES.reply + (painted ? PRICES.mediaMetadata : 0);
  const posts = PRICES.ownedRead + above * PRICES.post;
  const along = (1 + above) * PRICES.user + (media + above) * PRICES.media;
  return { least: 1000 * (posts + answer), most: 1000 * (posts + along + answer) };
}

/**
 * What a day can cost in which so much is read, replies included, if everybody asks for what is dearest per read and X
 * charges for everything; in US dollars.
 */
export function mostPerDay(dailyReads: number): number {
  const dearest = requestNames.map((name) => {
    const { media, above } = REQUESTS[name];
    // Mention and person, the post above and its author, and the pictures of both.
    const reads = 2 + 2 * above + media + above;
    return costPer1000(name).most / 1000 / reads;
  });
  return dailyReads * Math.max(...dearest);
}

/** In dollars and cents. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
