import type { Mention } from '../platforms/port.js';
import { withoutEnd } from '../platforms/text.js';
import type { Place } from '../queue/forecast.js';
import type { Answer } from '../queue/states.js';
import { parameterNames, parameterOf, complete, type Settings } from '../requests/parameters.js';
import { pick } from '../requests/pick.js';
import { stylesOf, type RenderRequest, type Source } from '../requests/request.js';
import { sheet } from '../requests/sheet.js';
import type { Catalogue } from './catalogue.js';
import { briefHelpIn, helpFor } from './help.js';
import { hintsFor } from './hints.js';
import { english } from './languages/english.js';
import { german } from './languages/german.js';

/*
 * What the bot says: which sentences, in which order. The sentences themselves are in languages/, one file for each.
 */

export const catalogues: readonly Catalogue[] = [english, german];

/** Whom we speak to: by the id our words differ a little from time to time, but not when they are said again. */
export type Addressee = Pick<Mention, 'id' | 'language'>;

/** What is answered in words. */
export type Spoken = Exclude<Answer, { readonly type: 'removal' | 'silence' }>;

/** The catalogue in the language of a post, which may be "de" or "de-AT"; in English if there is none. */
export function catalogueFor({ language }: Pick<Mention, 'language'>): Catalogue {
  const [code] = (language ?? '').toLowerCase().split(/[-_]/);
  return catalogues.find((catalogue) => catalogue.language === code) ?? english;
}

/** The text of a reply, without the address at its beginning. */
export function sentenceFor(
  answer: Spoken,
  request: RenderRequest | undefined,
  addressee: Addressee,
): string {
  const words = catalogueFor(addressee);
  switch (answer.type) {
    case 'painted':
      return paintedSentence(words, answer.sensitive ?? false, request, addressee);
    case 'refused':
      return answer.refusal.type === 'quota'
        ? words.quota(answer.refusal, duration(answer.refusal.seconds, words))
        : words.refusal(answer.refusal);
    case 'bad picture':
      return words.badPicture(answer.which, answer.problem);
    case 'failed':
      return words.failed;
    case 'help':
      return helpFor(answer.topic, words, answer.sizes);
    case 'status':
      return words.standing(answer, duration(answer.next?.seconds ?? 0, words));
    case 'cancelled':
      return words.cancelled(answer.count);
  }
}

/** The same in few words, where it would else be too much for a short post and lose what matters at its end. */
export function briefFor(answer: Spoken, to: Pick<Mention, 'language'>): string | undefined {
  return answer.type === 'help' && answer.topic === undefined
    ? briefHelpIn(catalogueFor(to))
    : undefined;
}

/** Where a person is in the line, as soon as they have asked. */
export function placeSentence(place: Place, to: Pick<Mention, 'language'>): string {
  const words = catalogueFor(to);
  return words.place(place, duration(place.seconds, words));
}

/** Whether a text of ours only says where somebody is in the line, so that the answer is still to come. */
export function isInterim(text: string): boolean {
  return catalogues.some(({ interim }) => text.includes(interim));
}

/**
 * The alt text of a painted picture, built from what people wrote about the originals and not longer than the 1500
 * characters that Mastodon takes.
 */
export function altTextFor(request: RenderRequest, to: Pick<Mention, 'language'>): string {
  const styles = stylesOf(request);
  const descriptions = styles.map(descriptionOf).filter((text) => text !== '');
  const room = Math.floor(700 / Math.max(1, descriptions.length));
  return catalogueFor(to).altText({
    effect: request.effect,
    photo: withoutEnd(descriptionOf(request.content), 550),
    paintings: descriptions.map((text) => withoutEnd(text, room)),
    count: styles.length,
  });
}

/** The language that we speak to somebody: an ISO 639 code. */
export function languageFor(to: Pick<Mention, 'language'>): string {
  return catalogueFor(to).language;
}

/** In the unit that one would use aloud, rounded up: who comes back early would be sent away again. */
export function duration(seconds: number, { minutes, hours }: Catalogue = english): string {
  const whole = Math.max(1, Math.ceil(seconds / 60));
  return whole <= 90 ? minutes(whole) : hours(Math.ceil(whole / 60));
}

function paintedSentence(
  words: Catalogue,
  isSensitive: boolean,
  request: RenderRequest | undefined,
  { id }: Addressee,
): string {
  const openers = request?.effect === 'dream' ? words.dreamt : words.painted;
  const opener = pick(openers, id) ?? '';
  if (request === undefined) return `${opener}.`;
  const isSheet = request.effect === 'variations';
  const facts = factsOf(request, words);
  return [
    isSheet ? words.sheet(sheet.strengths, sheet.scales, facts) : `${opener}: ${facts.join(', ')}.`,
    ...(isSensitive ? [words.sensitive] : []),
    ...request.notes.map(words.note),
    ...(isSheet ? [] : [words.next(hintsFor(request, words, id))]),
  ].join(' ');
}

/** The strength, and whatever else goes not without saying; of a sheet, what all of it has in common. */
function factsOf(request: RenderRequest, words: Catalogue): readonly string[] {
  const settings = complete(request.settings);
  const facts = {
    ...words.facts,
    ...(request.effect === 'dream' && { scale: words.patterns }),
  };
  // A fact takes the value of its own setting, which TypeScript cannot see in a union of names.
  const fact = (name: keyof Settings) =>
    (facts[name] as (value: unknown) => string)(settings[name]);
  const isSheet = request.effect === 'variations';
  const isTold = (name: keyof Settings): boolean => {
    switch (name) {
      case 'strength':
        return !isSheet;
      case 'scale':
        return !isSheet && settings.scale !== parameterOf('scale').default;
      case 'size':
        return false; // how large it came out is to be seen
      default:
        return String(settings[name]) !== String(parameterOf(name).default);
    }
  };
  const said = parameterNames.filter(isTold);
  const styles = stylesOf(request);
  const titles = styles.flatMap((style) => (style.kind === 'house' ? [style.title] : []));
  return [...said.map(fact), ...titles.map(words.ownStyle)];
}

/** A description without its final period, to stand inside a sentence. */
function descriptionOf({ description }: Source): string {
  return description.trim().replace(/[.\s]+$/, '');
}
