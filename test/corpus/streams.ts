import { setInterval } from 'node:timers';
import type { Duplex } from 'node:stream';
import type { Case, Handler, StreamEnd } from './case.js';
import { endless, json, raw, says } from './handlers.js';

const event = (payload: unknown, name = 'notification') => JSON.stringify({ event: name, payload });
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** What arrives in the stream; a post that comes after it must be seen. */
const frames: Readonly<Record<string, readonly (string | Buffer)[]>> = {
  'nothing, a thousand times': Array<string>(1000).fill(''),
  'JSON that is none': ['{', '[', 'null', '"', 'NaN', '\0', '{"event":"notification"'],
  'events without a payload': ['{"event":"notification"}', '{"event":"delete"}', '{}', '[]', '1'],
  'payloads that are no text': [event(5), event(null), event({}), event([], 'delete')],
  'payloads that are no JSON': [event('{'), event(''), event('undefined')],
  'payloads that are nothing': ['null', '0', '""', '[]', '{}', 'true'].map((text) => event(text)),
  'events that do not exist': [event('{}', '__proto__'), event('1', 'announcement.delete')],
  'deletions of what never was': [event('', 'delete'), event("' OR 1=1 --", 'delete')],
  'a deletion with an id of a megabyte': [event('9'.repeat(1e6), 'delete')],
  'binary frames': [Buffer.from([0, 1, 2, 0xff, 0xfe]), Buffer.alloc(100_000, 0xff)],
  'a frame of 3 MB': [event('x'.repeat(3e6))],
  'a frame of 10 MB': [event('x'.repeat(10e6))],
  'a payload 100000 lists deep': [event(deep(100_000))],
  'a payload 100000 objects deep': [event('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))],
  'a frame 100000 lists deep': [deep(100_000)],
  'a payload of 200000 keys': [
    event(JSON.stringify(Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [i, i])))),
  ],
  'keys that are special': [
    event('{"type":"mention","__proto__":{"id":"1"},"constructor":1,"to_string":2}'),
  ],
};

/** Bytes that are no frames. */
const bytes: Readonly<Record<string, Buffer>> = {
  'noise for a frame': Buffer.from('f7ffffffffffffffffff', 'hex'),
  'a frame that is masked': Buffer.from('818100000000ff', 'hex'),
  'a frame of 8 exabytes': Buffer.from('817f7fffffffffffffff', 'hex'),
  'a ping that is too long': Buffer.concat([Buffer.from('897e0100', 'hex'), Buffer.alloc(256)]),
  'text that is not UTF-8': Buffer.from('8102c328', 'hex'),
  'a continuation of nothing': Buffer.from('8000', 'hex'),
  'a close with a code that does not exist': Buffer.from('88020001', 'hex'),
  'a page': Buffer.from('HTTP/1.1 200 OK\r\n\r\n<h1>Welcome</h1>'),
};

const upgrades: Readonly<Record<string, (socket: Duplex) => void>> = {
  nothing: (socket) => void socket.destroy(),
  'no WebSocket': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'),
  'too many': (socket) => void socket.end('HTTP/1.1 429 No\r\nRetry-After: never\r\n\r\n'),
  'a wrong key': (socket) =>
    void socket.end(
      'HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
    ),
  'another protocol': (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'a redirect': (socket) =>
    void socket.end('HTTP/1.1 302 No\r\nLocation: http://127.0.0.1\r\n\r\n'),
  'a body without end': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const timer = setInterval(() => socket.write(Buffer.alloc(100_000)), 10);
    socket.on('close', () => clearInterval(timer));
  },
};

/** What the list of notifications is when the bot has been away for a moment. */
const lists: Readonly<Record<string, Handler>> = {
  'no content': says(204, {}),
  'not modified': says(304, {}),
  'JSON that is none': says(200, json, '[{"id":'),
  'no list': says(200, json, '{"length":3}'),
  nothing: says(200, json, 'null'),
  'a list of nothing': says(200, json, '[null,[],{},1,"x",{"id":null},{"id":"1"}]'),
  'a list 100000 deep': says(200, json, deep(100_000)),
  'a list of 100000': says(200, json, JSON.stringify(Array.from({ length: 100_000 }, () => null))),
  'a page': says(200, { 'Content-Type': 'text/html' }, '<h1>Welcome</h1>'),
  'another protocol': raw('SSH-2.0-OpenSSH_9.6\r\n'),
  'a list without end': endless('application/json', Buffer.alloc(65_536, '[')),
};

export function streams(): readonly Case[] {
  const send = (texts: readonly (string | Buffer)[]) => {
    return ({ webSocket }: StreamEnd) => texts.forEach((text) => webSocket.send(text));
  };
  return [
    ...Object.entries(frames).map(([name, texts]): Case => {
      return { name: `stream: ${name}`, outcomes: ['sentence'], stream: send(texts) };
    }),
    ...Object.entries(bytes).map(([name, data]): Case => {
      const stream = ({ socket }: StreamEnd) => void socket.write(data);
      return { name: `stream: ${name}`, outcomes: ['sentence'], stream };
    }),
    ...Object.entries(upgrades).map(([name, upgrade]): Case => {
      return { name: `stream refused: ${name}`, outcomes: ['sentence'], upgrade };
    }),
    ...Object.entries(lists).map(([name, list]): Case => {
      return { name: `list: ${name}`, outcomes: ['sentence'], list };
    }),
  ];
}
