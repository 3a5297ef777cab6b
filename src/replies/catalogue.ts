import type { Place } from '../queue/forecast.js';
import type { Problem, Standing, Which } from '../queue/states.js';
import type { Settings } from '../requests/parameters.js';
import type { Note, QuotaReached, Refusal, Tag } from '../requests/request.js';

/*
 * All sentences of one language. A new language is one file that has all of these, and an entry in sentences.ts.
 *
 * The voice: short, warm, plain, and always with what to do next. Sentences must read well aloud, for some people's
 * screens are read to them, and hold no link. In one, hashtags stay as they are in the table of parameters.
 */
export interface Catalogue {
  /** ISO 639 code. */
  readonly language: string;

  /** What comes before the facts; which one is chosen differs from mention to mention. */
  readonly painted: readonly string[];
  readonly dreamt: readonly string[];
  /** How the sheet is laid out, by columns and rows, and how to choose from it. */
  readonly sheet: (
    strengths: readonly number[],
    scales: readonly number[],
    facts: readonly string[],
  ) => string;
  /** What a setting has done to a picture, where it is not what goes without saying. */
  readonly facts: { readonly [Name in keyof Settings]: (value: Settings[Name]) => string };
  /** What the scale is the scale of in a dream, which has no brushwork. */
  readonly patterns: (scale: number) => string;
  /** That the painting is one of ours. */
  readonly ownStyle: (title: string) => string;
  readonly sensitive: string;

  /** What one may ask for next: what each hashtag is good for, after "for". */
  readonly wishes: Readonly<Record<Wish, string>>;
  readonly next: (hints: readonly Hint[]) => string;

  readonly note: (note: Note) => string;
  readonly refusal: (refusal: Exclude<Refusal, QuotaReached>) => string;
  readonly quota: (quota: QuotaReached, wait: string) => string;
  readonly badPicture: (which: Which, problem: Problem) => string;
  readonly failed: string;

  /** The help for everything; hashtags with the values that they take. */
  readonly help: (tuned: readonly string[], asked: readonly string[]) => string;
  /** The same for where posts are short (280 characters on X): hashtags without values. */
  readonly briefHelp: (tuned: readonly string[], asked: readonly string[]) => string;
  /** The help for each hashtag, after it. */
  readonly about: Readonly<Record<Tag, string>>;
  /** How much longer it takes, for hashtags that make a difference. */
  readonly costs: Partial<Readonly<Record<Tag, string>>>;
  /** What values there are, and which one it is if nothing is said. */
  readonly range: (values: string, byDefault: string) => string;
  readonly yourNumber: string;
  readonly oneOf: (values: readonly string[]) => string;
  readonly pixels: (range: string) => string;

  readonly standing: (standing: Standing, wait: string) => string;
  readonly cancelled: (count: number) => string;

  /** Words that stand in every word in between, and in no other text: by them it is known again. */
  readonly interim: string;
  readonly place: (place: Place, wait: string) => string;
  /** In the unit that one would use aloud. */
  readonly minutes: (count: number) => string;
  readonly hours: (count: number) => string;

  readonly altText: (parts: AltText) => string;
}

/** What one might want next. */
export type Wish =
  | 'more paint'
  | 'more photo'
  | 'broader strokes'
  | 'finer strokes'
  | 'deeper dream'
  | 'lighter dream'
  | 'larger patterns'
  | 'smaller patterns'
  | 'own colors'
  | 'painting’s colors'
  | 'swap'
  | 'variations'
  | 'dream'
  | 'again'
  | 'house style';

export interface Hint {
  readonly hashtag: string;
  readonly wish: string;
}

/** What is to be seen, in the words of those who posted it; '' where they said nothing. */
export interface AltText {
  readonly effect: 'painting' | 'variations' | 'dream';
  readonly photo: string;
  readonly paintings: readonly string[];
  /** How many paintings there are. */
  readonly count: number;
}
