import type { Case, Handler } from './case.js';
import { bomb, endless, loop, once, raw, says, silence, trickle } from './handlers.js';

const image = { 'Content-Type': 'image/jpeg' };

/** How a stranger's server gives a picture. */
const quick: Readonly<Record<string, Handler>> = {
  'no content': says(204, {}),
  'not modified': says(304, {}),
  'a range that nobody asked for': says(416, {}),
  'a part that nobody asked for': says(
    206,
    { ...image, 'Content-Range': 'bytes 0-1/999999' },
    'xx',
  ),
  payment: says(402, {}),
  'a teapot': says(418, {}),
  'legal reasons': says(451, {}),
  gone: says(410, {}),
  'a status that does not exist': says(799, {}),
  'too many, come back in -5 seconds': says(429, { 'Retry-After': '-5' }),
  'too many, come back in 10^18 seconds': says(429, { 'Retry-After': '1000000000000000000' }),
  'too many, come back when it is cold': says(429, { 'Retry-After': 'when it is cold' }),
  'too many, come back in 1970': says(503, { 'Retry-After': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
  'a redirect to itself': loop,
  'a redirect to nowhere': says(302, {}),
  'a redirect to nothing': says(302, { Location: '' }),
  'two redirects at once': raw(
    'HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n',
  ),
  'a redirect that goes on for ever': (_, response) => {
    response.writeHead(302, { Location: 'http://127.0.0.1/' });
    response.write('x');
  },
  'a page': says(200, { 'Content-Type': 'text/html; charset=utf-8' }, '<h1>Welcome</h1>'),
  'a gzip bomb': says(200, { ...image, 'Content-Encoding': 'gzip' }, bomb),
  'bombs in bombs': says(200, { ...image, 'Content-Encoding': 'gzip, gzip, br' }, bomb),
  'an encoding that does not exist': says(200, { ...image, 'Content-Encoding': 'zip' }, 'x'),
  'a picture without end': endless('image/jpeg', Buffer.alloc(65_536)),
  'less than it promised': raw('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nshort'),
  'more than it promised': raw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlonger than that'),
  'a length below nothing': raw('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx'),
  'two lengths': raw('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'),
  'a length in words': raw('HTTP/1.1 200 OK\r\nContent-Length: long\r\n\r\nx'),
  'chunks that are none': raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello'),
  'a chunk of 16 exabytes': raw(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx',
  ),
  'two answers': raw(
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny',
  ),
  'another protocol': raw('SSH-2.0-OpenSSH_9.6\r\n'),
  noise: raw('\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'),
  nothing: raw(''),
  'a megabyte of headers': raw(
    `HTTP/1.1 200 OK\r\n${`X: ${'y'.repeat(1000)}\r\n`.repeat(1000)}\r\n`,
  ),
  'a header that breaks the line': raw(
    'HTTP/1.1 200 OK\r\nX: a\rb\nc\0d\r\nContent-Length: 1\r\n\r\nx',
  ),
  '10000 hints before the answer': raw(
    `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10_000)}HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n`,
  ),
  'another protocol from now on': raw(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
  ),
};

/** These take the bot's patience, which is 20 seconds of silence or a minute in all. */
const slow: Readonly<Record<string, Handler>> = {
  silence: silence,
  'silence in the middle': raw('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nshort', 'stay'),
  'headers byte by byte': trickle('HTTP/1.1 200 OK\r\nX: '),
  'a picture byte by byte': trickle('HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n'),
};

export function downloads(): readonly Case[] {
  return Object.entries({ ...quick, ...slow }).map(([name, handler]): Case => {
    return { name: `download: ${name}`, outcomes: ['sentence'], photo: once(handler), slow: true };
  });
}
