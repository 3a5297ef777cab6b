import type { Attachment } from '../platforms/port.js';
import type { Action } from './actions.js';
import type { Given, ParameterName } from './parameters.js';

/** A painting of the house collection, which ships with the bot. */
export interface HouseStyle {
  readonly kind: 'house';
  /** As one writes it after #style. */
  readonly name: string;
  readonly title: string;
  /** The alt text. */
  readonly description: string;
}

/** Where a picture comes from. */
export type Source = Attachment | HouseStyle;

/** One painting, or several to blend. */
export type Styles = readonly [Source, ...Source[]];

interface Common {
  /** The photo. */
  readonly content: Source;
  readonly settings: Given;
  /** What the person should know about how the request was understood. */
  readonly notes: readonly Note[];
}

/** What somebody asked for, understood: kept as JSON in the queue. */
export type RenderRequest = Common &
  (
    | { readonly effect: 'painting' | 'variations'; readonly styles: Styles }
    | { readonly effect: 'dream' }
  );

/** The paintings of a request; a dream has none. */
export function stylesOf(request: RenderRequest): readonly Source[] {
  return request.effect === 'dream' ? [] : request.styles;
}

/** How a request was understood where that is not what was written. */
export type Note =
  /** A value was out of range, or between two steps. */
  | {
      readonly type: 'clamped';
      readonly parameter: ParameterName;
      readonly given: number;
      readonly used: number;
      readonly min: number;
      readonly max: number;
    }
  /** A value that is none. */
  | { readonly type: 'no such value'; readonly parameter: ParameterName; readonly written: string }
  /** A slip of the pen. */
  | { readonly type: 'read as'; readonly written: string; readonly meant: string }
  /** Nearly something, but too little to go by. */
  | { readonly type: 'did you mean'; readonly written: string; readonly meant: Tag }
  | { readonly type: 'no such style'; readonly written: string; readonly names: readonly string[] }
  /** The numbers after #blend do not fit so many paintings. */
  | { readonly type: 'blend'; readonly paintings: number }
  | { readonly type: 'one picture dreams' }
  /** It is as far as it goes already: more than all paint, less than none. */
  | { readonly type: 'at the end'; readonly strength: number }
  | { readonly type: 'too many paintings'; readonly used: number };

/** Whatever stands after a # and means something here. */
export type Tag = ParameterName | Action | 'style';

/** Why a mention is not painted; each is answered with a sentence. */
export type Refusal =
  | { readonly type: 'no pictures' }
  /** It asks for something for which one picture is enough, and has none. */
  | { readonly type: 'no photo' }
  | { readonly type: 'one picture' }
  | { readonly type: 'not pictures' }
  /** The pictures that it means are in somebody else's post. */
  | { readonly type: 'foreign pictures' }
  /** The picture that it means was painted for somebody else, and for few. */
  | { readonly type: 'private picture' }
  | { readonly type: 'nothing to delete' }
  /** It asks for another version of a picture that we do not remember. */
  | { readonly type: 'forgotten' }
  /** It asks for nothing that we know, but nearly. */
  | { readonly type: 'did you mean'; readonly written: string; readonly meant: Tag }
  /** It names a parameter and no value. */
  | { readonly type: 'no value'; readonly parameter: ParameterName }
  | QuotaReached;

/** More than the bot takes on, and after how many seconds there is likely to be room again. */
export interface QuotaReached {
  readonly type: 'quota';
  readonly quota: 'per person' | 'per day' | 'of everybody';
  readonly limit: number;
  readonly seconds: number;
}
