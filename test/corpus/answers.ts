import { pair } from './attachments.js';
import type { Case, Handler, Outcome, Place } from './case.js';
import { bomb, endless, json, loop, raw, says, silence } from './handlers.js';

const limit = (reset: string, more = {}) =>
  says(429, { ...json, 'X-RateLimit-Reset': reset, ...more }, '{"error":"slow down"}');

/** By the bot's own server, in place of doing what it was asked. */
const refusals: Readonly<Record<string, readonly [Place, Outcome, Handler]>> = {
  'no content for a post': ['post', 'sentence', says(204, {})],
  'not modified for a post': ['post', 'sentence', says(304, {})],
  'a range for a post': ['post', 'unanswerable', says(416, json, '{"error":"range"}')],
  'JSON that is none for a post': ['post', 'sentence', says(200, json, '{"id":')],
  'null for a post': ['post', 'sentence', says(200, json, 'null')],
  'a number for a post': ['post', 'sentence', says(200, json, '{"id":12}')],
  'an error that is null': ['post', 'sentence', says(422, json, 'null')],
  'an error that is a list': ['post', 'unanswerable', says(422, json, '[]')],
  'too many, until a time that is none': ['post', 'sentence', limit('soon')],
  'too many, until 1970': ['post', 'sentence', limit('1970-01-01T00:00:00Z')],
  'too many, in seconds as GoToSocial has them': ['post', 'sentence', limit('3')],
  'too many, until the year 9999': ['post', 'sentence', limit('9999-12-31T23:59:59Z')],
  'too many, until the end of time': ['post', 'sentence', limit('+275760-09-13T00:00:00.000Z')],
  'too many, come back in -5 seconds': [
    'post',
    'sentence',
    says(429, { ...json, 'Retry-After': '-5' }, '{"error":"no"}'),
  ],
  'a thread that is a list': ['thread', 'sentence', says(200, json, '[]')],
  'a thread of nothing': [
    'thread',
    'sentence',
    says(200, json, '{"ancestors":null,"descendants":null}'),
  ],
  'a thread of strangers’ things': [
    'thread',
    'sentence',
    says(200, json, '{"descendants":[null,1,{"id":5}]}'),
  ],
  'a thread without end': [
    'thread',
    'sentence',
    endless('application/json', Buffer.alloc(65_536, '[')),
  ],
  'a thread in an unknown encoding': [
    'thread',
    'sentence',
    says(200, { 'Content-Type': 'application/x-nothing' }, 'x'),
  ],
  'a thread that is packed wrongly': [
    'thread',
    'sentence',
    says(200, { ...json, 'Content-Encoding': 'gzip' }, 'not packed'),
  ],
  'a thread that is a bomb': [
    'thread',
    'sentence',
    says(200, { ...json, 'Content-Encoding': 'gzip' }, bomb),
  ],
  'a redirect to itself for a thread': ['thread', 'sentence', loop],
  'another protocol for a thread': ['thread', 'sentence', raw('SSH-2.0-OpenSSH_9.6\r\n')],
  'an acknowledgment that is none': ['acknowledge', 'sentence', says(200, json, 'thank you')],
  'an acknowledgment refused': ['acknowledge', 'sentence', says(403, json, '{}')],
  'an acknowledgment of silence': ['acknowledge', 'sentence', silence],
  'no content for an upload': ['upload', 'picture', says(204, {})],
  'an upload without an id': ['upload', 'picture', says(200, json, '{"url":"http://127.0.0.1/"}')],
  'an upload refused': ['upload', 'picture', says(413, json, '{"error":"too large"}')],
};

/** Answers to what the bot asks about a post; what it asks for the second time is done. */
export function answers(): readonly Case[] {
  return Object.entries(refusals).map(([name, [place, outcome, handler]]): Case => ({
    name: `answer: ${name}`,
    outcomes: [outcome],
    answer: { place, handler },
    ...(place === 'upload' && {
      status: (pictures) => ({ media_attachments: pair(pictures) }),
    }),
    slow: true,
  }));
}
