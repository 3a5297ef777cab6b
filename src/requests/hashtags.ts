import { actionNamed, actionNames, actionSpoken, type Action } from './actions.js';
import {
  parameterNames,
  parameterOf,
  type Given,
  type ParameterName,
  type Sizes,
} from './parameters.js';
import { isOneEditApart, plain } from './plain.js';
import type { HouseStyle, Note, Tag } from './request.js';
import { GAP, valueIn, type NoValue, type Valued } from './values.js';

/** What the hashtags of a text say. */
export interface Said {
  readonly settings: Given;
  readonly actions: ReadonlySet<Action>;
  /** What is said without a hashtag, if nothing else is. */
  readonly spoken: Action | undefined;
  /** What help is wanted with. */
  readonly topic: Tag | undefined;
  /** Which painting of the house collection is wanted, if one is. */
  readonly style: StyleWish | undefined;
  readonly notes: readonly Note[];
  /** A hashtag that says nothing as it stands, but nearly says something. */
  readonly almost: Almost | undefined;
}

export type StyleWish =
  | { readonly type: 'any' }
  | { readonly type: 'named'; readonly style: HouseStyle }
  | { readonly type: 'unknown'; readonly written: string };

export type Almost =
  { readonly type: 'did you mean'; readonly written: string; readonly meant: Tag } | NoValue;

export interface Vocabulary {
  readonly houseStyles: readonly HouseStyle[];
  readonly sizes: Sizes;
}

/** How far behind a hashtag its value may reach: so a text takes time in proportion to its length, whatever it is. */
const REACH = 120;

/**
 * Reads the hashtags of a text, forgivingly: in any case, with any separator, in digits of many scripts. Of several values
 * for one parameter the last one counts, as people correct themselves. Hashtags that mean nothing here are left alone.
 * Never throws.
 */
export function readHashtags(text: string, vocabulary: Vocabulary): Said {
  const clean = plain(text);
  const settings = new Map<ParameterName, Valued>();
  const found = new Set<Action>();
  /** Up to where the text has been read. */
  let read = 0;
  let topic: Tag | undefined;
  let style: StyleWish | undefined;
  let almost: Almost | undefined;
  for (const { 0: hashtag, 1: word = '', index } of clean.matchAll(
    /#([\p{L}\p{M}\p{N}_]{1,64})/gu,
  )) {
    if (index < read) continue; // it is what help is wanted with, not what is wanted
    const end = index + hashtag.length;
    const meaning = meaningOf(word, clean.slice(end, end + REACH), vocabulary);
    switch (meaning?.type) {
      case 'value':
        settings.set(meaning.parameter, corrected(settings.get(meaning.parameter), meaning));
        break;
      case 'action':
        found.add(meaning.action);
        topic ??= meaning.topic?.tag;
        read = end + (meaning.topic?.length ?? 0);
        break;
      case 'style':
        style = meaning.wish;
        break;
      case 'did you mean':
      case 'no value':
        almost = meaning;
        break;
      case undefined:
    }
  }
  const values = [...settings].flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    // Each value was read by the very parameter that it is filed under.
    settings: Object.fromEntries(values),
    actions: found,
    spoken: actionSpoken(clean),
    topic,
    style,
    notes: [...settings.values()].flatMap(({ notes }) => notes),
    almost,
  };
}

/** What was said before of a parameter, and what is said now, which counts if it is a value. */
function corrected(before: Valued | undefined, now: Valued): Valued {
  if (before === undefined || now.value !== undefined) return now;
  return { ...before, notes: [...before.notes, ...now.notes] };
}

type Meaning =
  | Valued
  | { readonly type: 'action'; readonly action: Action; readonly topic: Topic | undefined }
  | { readonly type: 'style'; readonly wish: StyleWish }
  | Almost;

/** @param word what stands directly after the #; @param rest what follows it */
function meaningOf(word: string, rest: string, vocabulary: Vocabulary): Meaning | undefined {
  const action = actionNamed(word);
  if (action !== undefined) return { type: 'action', action, topic: topicIn(action, rest) };
  for (const { spelling, name } of spellings) {
    if (!word.startsWith(spelling)) continue;
    const tail = word.slice(spelling.length);
    const meaning =
      name === 'style'
        ? styleIn(tail, rest, vocabulary)
        : valueIn(name, tail + rest, tail === '', vocabulary.sizes);
    if (meaning !== undefined) return meaning;
  }
  return shortcut(word) ?? nearMiss(word, rest, vocabulary);
}

interface Topic {
  readonly tag: Tag;
  /** How far behind the cry for help it ends. */
  readonly length: number;
}

const TOPIC = new RegExp(String.raw`^${GAP}([\p{L}\p{M}]{1,20})`, 'u');

/** What stands after a cry for help: #help strength. */
function topicIn(action: Action, rest: string): Topic | undefined {
  if (action !== 'help') return undefined;
  const [text, word = ''] = TOPIC.exec(rest) ?? [];
  const tag =
    actionNamed(word) ??
    spellings.find(({ spelling }) => spelling === word)?.name ??
    shortcuts.find(({ hashtag }) => hashtag === word)?.name;
  return tag && { tag, length: text?.length ?? 0 };
}

/** The hashtag that names a painting of ours, which is no parameter: it says what to paint with. */
export const styleSpellings = ['style', 'stil'] as const;

/** Every way to write the name of something that takes a value, the longest first: "colors" before "color". */
const spellings = [
  ...parameterNames.flatMap((name) =>
    [name, ...parameterOf(name).aliases].map((spelling) => ({ spelling, name })),
  ),
  ...styleSpellings.map((spelling) => ({ spelling, name: 'style' as const })),
].sort((a, b) => b.spelling.length - a.spelling.length);

/** Hashtags that say name and value in one. */
const shortcuts = parameterNames.flatMap((name) => {
  const parameter = parameterOf(name);
  const pairs = parameter.kind === 'choice' ? Object.entries(parameter.shortcuts) : [];
  return pairs.map(([hashtag, value]) => ({ hashtag, name, value }));
});

function shortcut(word: string): Valued | undefined {
  const found =
    shortcuts.find(({ hashtag }) => hashtag === word) ??
    shortcuts.find(({ hashtag }) => hashtag.length > 8 && isOneEditApart(hashtag, word));
  if (found === undefined) return undefined;
  const { hashtag, name, value } = found;
  const notes: readonly Note[] =
    hashtag === word ? [] : [{ type: 'read as', written: word, meant: hashtag }];
  return { type: 'value', parameter: name, value, notes };
}

/** @param tail what is written in one with the name: lavender in #stylelavender */
function styleIn(
  tail: string,
  rest: string,
  { houseStyles }: Vocabulary,
): Extract<Meaning, { type: 'style' }> | undefined {
  const text = tail + rest.replace(/^([\s:=_]*)#/, '$1');
  const squeezed = squeeze(text);
  const words =
    text
      .split('#')[0]
      ?.match(/[\p{L}\p{M}\p{N}]+/gu)
      ?.slice(0, NEARBY) ?? [];
  const isNear = (name: string) =>
    words.some((word) => word === name || (name.length > 4 && isOneEditApart(word, name)));
  const style =
    houseStyles.find(({ title }) => squeezed.startsWith(squeeze(title.toLowerCase()))) ??
    houseStyles.find(({ name }) => squeezed.startsWith(name) || isNear(name));
  if (style !== undefined) return { type: 'style', wish: { type: 'named', style } };
  if (tail !== '' && !tail.startsWith('_')) return undefined; // #styleguide
  const written = /^[ \t:=_]{0,4}["“„«']?([\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]{2,30})/u.exec(text)?.[1];
  const isName = written !== undefined && !smallWords.has(written);
  const wish = isName ? ({ type: 'unknown', written } as const) : ({ type: 'any' } as const);
  return { type: 'style', wish };
}

/** How many words after #style may have the name among them: "like the lighthouse". */
const NEARBY = 4;

/** Words that follow #style and name nothing, as far as they have three letters. */
const smallWords = new Set(
  'and any anything bitte choose der die das for from irgendein irgendeinen irgendwas like please pls random surprise the this und von whatever which with wie your yours you'.split(
    ' ',
  ),
);

/** Without what stands between words. */
function squeeze(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}#]+/gu, '');
}

/** A slip of the pen: read as what was meant if a value follows, and otherwise only a hint. */
function nearMiss(word: string, rest: string, vocabulary: Vocabulary): Meaning | undefined {
  const written = /^[\p{L}\p{M}]+/u.exec(word)?.[0] ?? '';
  // Shorter words are too close to too many others.
  if (written.length < 5) return undefined;
  const tail = word.slice(written.length);
  const near = spellings.find(
    // #strengths and #styles are words of their own.
    ({ spelling }) =>
      spelling.length > 4 && written !== `${spelling}s` && isOneEditApart(written, spelling),
  );
  if (near !== undefined && near.name !== 'style') {
    const meaning = valueIn(near.name, tail + rest, false, vocabulary.sizes);
    if (meaning?.type === 'value')
      return {
        ...meaning,
        notes: [{ type: 'read as', written, meant: near.name }, ...meaning.notes],
      };
  }
  const meant = ([...parameterNames, 'style', ...actionNames] as const).find(
    (name) => name.length > 3 && isOneEditApart(written, name),
  );
  // And so are #dreams and #deleted.
  if (meant === undefined || tail !== '' || written.startsWith(meant)) return undefined;
  return { type: 'did you mean', written, meant };
}
