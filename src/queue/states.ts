import type { Refusal } from '../requests/request.js';

/**
 * From which state a request can move to which; a move that is not here does not compile.
 *
 * A state says whose turn it is. What came of a request (a picture, a refusal, a failure) is not a state but its
 * `Answer`: a refusal and a painted picture wait for the same thing, to be posted.
 */
export interface Moves {
  readonly queued: 'rendering';
  /** Back to queued: handed back at shutdown, or to be tried again. */
  readonly rendering: 'answering' | 'queued';
  /** Unanswerable: the network refuses our reply for good, for example because the post is gone. */
  readonly answering: 'answered' | 'unanswerable';
}

/** What there is to say. */
export type Answer =
  | Painted
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'bad picture'; readonly which: Which; readonly problem: Problem }
  | { readonly type: 'failed' };

interface Painted {
  readonly type: 'painted';
  readonly file: string;
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
