/*
 * What a person can ask for beside a picture in the style of another, and beside the parameters: in one table, too.
 */

interface ActionDescription {
  /** Other hashtags for it. */
  readonly aliases: readonly string[];
  /** Words that say it without a hashtag, in reply to a picture of ours, if they are all that is said. */
  readonly words: readonly string[];
  /** For people, after the hashtag. */
  readonly help: string;
  /** For people, how long it takes beside an ordinary picture; undefined if as long, or nothing. */
  readonly cost?: string;
}

export const actions = {
  dream: {
    aliases: ['deepdream', 'traum'],
    words: [],
    help: 'a deep dream of one picture, without a painting',
    cost: 'it takes half the time of a painting',
  },
  variations: {
    aliases: ['variants', 'varianten'],
    words: [],
    help: 'one sheet with several strengths and brush sizes, to choose from',
    cost: 'the whole sheet takes about as long as one picture',
  },
  swap: {
    aliases: ['tauschen'],
    words: ['swap'],
    help: 'the pictures the other way round',
  },
  again: {
    aliases: ['nochmal'],
    words: ['again', 'once again', 'once more', 'one more', 'nochmal', 'noch mal', 'noch einmal'],
    help: 'the same once more, with other brushstrokes',
  },
  more: {
    aliases: ['bolder', 'mehr'],
    words: ['more', 'bolder', 'stronger', 'mehr', 'noch mehr', 'stärker'],
    help: 'the same with more paint',
  },
  less: {
    aliases: ['subtler', 'weniger'],
    words: ['less', 'subtler', 'weaker', 'weniger', 'schwächer'],
    help: 'the same with less paint',
  },
  help: { aliases: ['hilfe'], words: ['help', 'hilfe'], help: 'how all this works' },
  status: { aliases: [], words: ['status'], help: 'where your pictures are in the line' },
  cancel: {
    aliases: ['abbrechen'],
    words: ['cancel', 'abbrechen'],
    help: 'take what you asked for out of the line: all of it, or what you reply to',
  },
  delete: {
    aliases: ['löschen'],
    words: [],
    help: 'in reply to a picture of yours: I remove it',
  },
} as const satisfies Readonly<Record<string, ActionDescription>>;

export type Action = keyof typeof actions;

export const actionNames = Object.keys(actions) as readonly Action[];

/** The action that a hashtag asks for. */
export function actionNamed(hashtag: string): Action | undefined {
  return actionNames.find((name) => {
    const aliases: readonly string[] = actions[name].aliases;
    return name === hashtag || aliases.includes(hashtag);
  });
}

/** What one says around a word without meaning more by it. Thanks are not among them: "thanks again" is thanks. */
const fillers = new Set(
  'a an and bisschen bit bitte das do ein etwas even it just little make mal much now please pls re so the try und'.split(
    ' ',
  ),
);

/** The action that a text without hashtags asks for, if it says nothing else: "a bit more, please!". */
export function actionSpoken(plain: string): Action | undefined {
  if (plain.length > 200) return undefined;
  const words = plain.replace(/@\S+|:\w+:/g, ' ').match(/[\p{L}\p{M}\p{N}#]+/gu) ?? [];
  // "Again! Again!" is once said.
  const said = words.filter((word, i) => !fillers.has(word) && word !== words[i - 1]).join(' ');
  return actionNames.find((name) => {
    const ways: readonly string[] = actions[name].words;
    return ways.includes(said);
  });
}
