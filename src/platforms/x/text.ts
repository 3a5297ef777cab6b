import twitter from 'twitter-text';
import type { Reply } from '../port.js';
import { shortened } from '../text.js';

/** Of a post; what counts as how much is X's affair: https://docs.x.com/fundamentals/counting-characters */
const LONGEST = 280;

/** How long a text is for X: most scripts count 1 a character, others and emoji 2, links 23. */
export function weightOf(text: string): number {
  return twitter.parseTweet(text).weightedLength;
}

/**
 * What we say, as X is to have it: in the shorter words if the others are too many, without a link, which would make the post
 * cost a multiple, and addressing nobody (X itself puts the author's name before a reply).
 */
export function fitted({ text, brief }: Pick<Reply, 'text' | 'brief'>): string {
  const plain = harmless(text);
  if (weightOf(plain) <= LONGEST) return plain;
  return shortened(harmless(brief ?? text), LONGEST, weightOf);
}

/**
 * Whatever X could take for a link, now or when there are more names of domains: with how it is spoken, or with a dot between
 * letters, which in many scripts have marks.
 */
const LINK =
  /https?:\/\/\S+|(?:[^\s\p{P}]|[_-])+(?:\.(?:[^\s\p{P}]|[_-])+)*\.\p{L}[\p{L}\p{M}]+(?:[:/]\S*)?/giu;

/**
 * People's own words come back in ours (`I do not know #style “blue.com”`), and X makes a link of whatever looks like one;
 * also of what does once nobody is addressed in it (`blue.@com`).
 */
function harmless(text: string): string {
  return text.replace(/[@＠]+(?=\w)/g, '').replace(LINK, '…');
}
