import type { Attachment } from '../platforms/port.js';

/** What somebody asked for, understood: kept as JSON in the queue. */
export interface RenderRequest {
  readonly content: Attachment;
  /** One painting or several to blend, equally. */
  readonly styles: readonly [Attachment, ...Attachment[]];
  readonly strength: number;
  /** What the person should know about how the request was understood. */
  readonly notes: readonly Note[];
}

/** A value that was out of range and what it became. */
export interface Note {
  readonly type: 'clamped';
  readonly parameter: 'strength';
  readonly given: number;
  readonly used: number;
}

/** Why a mention is not painted; each is answered with a sentence. */
export type Refusal =
  | { readonly type: 'no pictures' }
  | { readonly type: 'one picture' }
  | { readonly type: 'not pictures' }
  | { readonly type: 'nothing to delete' }
  | QuotaReached;

/** More than the bot takes on, and after how many seconds there is likely to be room again. */
export interface QuotaReached {
  readonly type: 'quota';
  readonly quota: 'per person' | 'per day' | 'of everybody';
  readonly limit: number;
  readonly seconds: number;
}
