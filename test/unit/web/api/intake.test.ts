import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../support/folder.js';
import { receiveForm } from '../../../../src/web/renders/intake.js';
import { runCounter, sentTo } from '../../../support/web/counter.js';

const limits = { maxBytes: 1000, totalMs: 60_000, idleMs: 60_000 };
const boundary = 'x';
const part = (name: string, body: string, filename?: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n${body}\r\n`;

function requestOf(body: string | ReadableStream): Request {
  return new Request('http://here.example', {
    method: 'POST',
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body,
    duplex: 'half',
  });
}

describe('what people send', () => {
  it('goes to the disk, file by file, and what nobody has chosen is no file', async () => {
    const folder = temporaryFolder();
    const body = [
      part('csrf', 'token'),
      part('photo', 'bytes', 'a.jpg'),
      part('style', '', ''),
      part('style', 'more', 'b.jpg'),
      `--${boundary}--\r\n`,
    ].join('');
    const { fields, files } = await receiveForm(requestOf(body), limits, {
      fileFor: (field, number) => join(folder, `${field}${number}`),
    });
    expect(fields.get('csrf')).toEqual(['token']);
    expect(files.map(({ field }) => field)).toEqual(['photo', 'style']);
    expect(readdirSync(folder).toSorted()).toEqual(['photo1', 'style1']);
  });

  it('is not written before its first part has been seen', async () => {
    const folder = temporaryFolder();
    const body = [part('photo', 'bytes', 'a.jpg'), `--${boundary}--\r\n`].join('');
    const received = receiveForm(requestOf(body), limits, {
      fileFor: (field) => join(folder, field),
      first: () => {
        throw new Error('forged');
      },
    });
    await expect(received).rejects.toThrow('forged');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a file that is too large', part('photo', 'a'.repeat(1001), 'a'), 'too large'],
    ['a field that is too long', part('photo', 'a'.repeat(20_000)), 'too large'],
    ['too many fields', part('a', 'b').repeat(60), 'malformed'],
    ['too many files', part('photo', 'b', 'c').repeat(11), 'malformed'],
    ['an end in the middle', part('photo', 'a', 'b').slice(0, -2), 'malformed'],
    ['no form at all', 'Here I am.', 'malformed'],
  ])('is cut off with %s', async (_, text, reason) => {
    const folder = temporaryFolder();
    const isWhole = reason !== 'malformed' || text.length > 200;
    const received = receiveForm(requestOf(isWhole ? `${text}--${boundary}--\r\n` : text), limits, {
      fileFor: (field, number) => join(folder, `${field}${number}`),
    });
    await expect(received).rejects.toMatchObject({ name: 'IntakeError', reason });
  });

  it('is cut off when nothing more comes', async () => {
    const folder = temporaryFolder();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(part('photo', 'begun', 'a').slice(0, -2)));
      },
    });
    const received = receiveForm(
      requestOf(body),
      { ...limits, idleMs: 50 },
      { fileFor: (field) => join(folder, field) },
    );
    await expect(received).rejects.toMatchObject({ reason: 'too slow' });
  });
});

describe('a slow body on a real connection', () => {
  it('is answered with 408 and leaves nothing behind', async () => {
    const counter = await runCounter({ idleMs: 200 });
    const key = await counter.key('ada');
    const sent = httpRequest(`${counter.url}/api/v1/renders`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': '100000',
      },
    });
    sent.on('error', () => undefined); // the server hangs up in the middle
    sent.write(part('photo', 'begun', 'a').slice(0, -2));
    const [response] = (await once(sent, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(408);
    await vi.waitFor(() => expect(sentTo(counter)).toEqual([]));
    sent.destroy();
  });

  it('and whoever hangs up in the middle, too', async () => {
    const counter = await runCounter();
    const socket = connect(Number(new URL(counter.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      [
        'POST /api/v1/renders HTTP/1.1',
        'Host: 127.0.0.1',
        `Authorization: Bearer ${await counter.key('ada')}`,
        `Content-Type: multipart/form-data; boundary=${boundary}`,
        'Content-Length: 100000',
        '',
        part('photo', 'begun', 'a'),
      ].join('\r\n'),
    );
    await vi.waitFor(() => expect(sentTo(counter)).toHaveLength(1));
    socket.destroy();
    await vi.waitFor(() => expect(sentTo(counter)).toEqual([]));
  });
});

describe('who is refused before all is sent', () => {
  it.each([
    ['without a key', 401, { Authorization: '' }],
    ['with something else than a picture', 415, { 'Content-Type': 'text/plain' }],
    ['with too large a picture', 413, {}],
    ['at an address that there is not', 404, {}, '/api/v1/nothing'],
  ])('%s hears so, although it looks only when all is sent', async (...given) => {
    const [, status, headers, path = '/api/v1/renders'] = given;
    const counter = await runCounter({ maxBytes: 1e5 });
    const body = `${part('photo', 'a'.repeat(8e6), 'a')}--${boundary}--\r\n`;
    const socket = connect(Number(new URL(counter.url).port), '127.0.0.1');
    socket.on('error', () => undefined); // then there is no answer
    await once(socket, 'connect');
    const head = {
      Host: '127.0.0.1',
      Authorization: `Bearer ${await counter.key('ada')}`,
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': body.length,
      ...headers,
    };
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
    socket.write([`POST ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    for (let sent = 0; sent < body.length; sent += 1e6) {
      socket.write(body.slice(sent, sent + 1e6));
      // A line that takes longer for all of it than the half second for which servers usually listen on.
      await sleep(100);
    }
    let answer = '';
    socket.on('data', (part: Buffer) => (answer += part.toString()));
    await vi.waitUntil(() => answer !== '' || socket.closed, 20_000);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.destroy();
  });
});
