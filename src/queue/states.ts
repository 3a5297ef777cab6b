import type { Sizes } from '../requests/parameters.js';
import type { Refusal, Tag } from '../requests/request.js';
import type { Place } from './forecast.js';

/**
 * From which state a request can move to which; a move that is not here does not compile.
 *
 * A state says whose turn it is. What came of a request (a picture, a refusal, a failure) is not a state but its
 * `Answer`: a refusal and a painted picture wait for the same thing, to be posted.
 */
export interface Moves {
  readonly queued: 'rendering' | 'cancelled';
  /** Back to queued: handed back at shutdown, or to be tried again. */
  readonly rendering: 'answering' | 'queued' | 'cancelled';
  /**
   * Unanswerable: the network refuses our reply for good, for example because the post is gone. Back to queued: the
   * painted picture's file is lost or damaged. The same again: there is something else to say.
   */
  readonly answering: 'answered' | 'unanswerable' | 'queued' | 'answering' | 'cancelled';
}

/** The states in which somebody still has something to do. */
export type PendingState = keyof Moves;
export type State = PendingState | Moves[PendingState];

export const allStates: readonly State[] = [
  'queued',
  'rendering',
  'answering',
  'answered',
  'unanswerable',
  'cancelled',
];

/** What there is to say. */
export type Answer =
  | ({ readonly type: 'painted' } & PaintedFile)
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'bad picture'; readonly which: Which; readonly problem: Problem }
  | { readonly type: 'failed' }
  /** How it all works, or one hashtag. */
  | ({ readonly type: 'help' } & HelpWanted)
  | ({ readonly type: 'status' } & Standing)
  /** So many pictures have been taken out of the line. */
  | { readonly type: 'cancelled'; readonly count: number }
  /** The person wants another request of theirs undone: the one that `postId` asked for, or was our reply to. */
  | { readonly type: 'removal'; readonly postId: string }
  /** Nothing: not every word wants an answer. */
  | { readonly type: 'silence' };

export interface HelpWanted {
  readonly topic?: Tag | undefined;
  readonly sizes: Sizes;
}

/** Where a person's pictures are. */
export interface Standing {
  /** How many wait or are being painted. */
  readonly waiting: number;
  /** The first of them; undefined if there is none. */
  readonly next?: Place | undefined;
  /** Whether the first one is being painted. */
  readonly isBeingPainted: boolean;
  readonly isPaused: boolean;
}

export interface PaintedFile {
  /** Its key in the store of pictures (src/pictures/store.ts). */
  readonly file: string;
  /** Of the file's bytes, in hexadecimal; what earlier versions painted lacks it. */
  readonly sha256?: string;
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
  /** Whether it is to be hidden until one asks to see it. Answers of older versions do not tell: then it is not. */
  readonly sensitive?: boolean;
}
/** The photo, or one of the paintings. */
export type Which = 'photo' | 'painting';
/** What is wrong with a picture. */
export type Problem =
  'unreachable' | 'too large' | 'unreadable' | 'damaged' | 'too small' | 'unsafe';
