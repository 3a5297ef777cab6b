import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { paintedPicture } from '../../../support/platforms/contract/setting.js';
import { answer, page, trouble } from './trouble.js';

describe('an upload', () => {
  const isPoll = (method = '', url = '') => method === 'GET' && url.startsWith('/api/v1/media/');

  /** A server that is not ready with an upload for so many polls, and then says something. */
  async function uploading(polls: number, then: (response: ServerResponse) => boolean) {
    const { relay, platform, ada, mentioned } = await trouble();
    const mention = await mentioned();
    const counts = { polls: 0, uploads: 0 };
    relay.intercept = (request, response) => {
      const { method, url } = request;
      if (isPoll(method, url))
        return ++counts.polls > polls
          ? then(response)
          : answer(response, 206, 'application/json', '{"id":"1","url":null}');
      if (method !== 'POST' || url !== '/api/v2/media') return false;
      counts.uploads++;
      void relay.forward(request).then(({ body }) => {
        const media = z.looseObject({}).parse(JSON.parse(body));
        answer(response, 202, 'application/json', JSON.stringify({ ...media, url: null }));
      });
      return true;
    };
    const picture = { ...(await paintedPicture()), description: 'A boat.' };
    const reply = () => platform.reply(mention, { text: 'Here.', picture });
    const seen = async (id: string) => (await ada.see(id))?.pictures;
    return { relay, reply, seen, counts };
  }

  it('that is not ready for twenty looks is waited for, and posted once', async () => {
    const { reply, seen, counts } = await uploading(20, () => false);
    expect(await seen(await reply())).toEqual([{ description: 'A boat.' }]);
    expect(counts).toEqual({ polls: 21, uploads: 1 });
  });

  it('that the server cannot work with (422) may go better the next time', async () => {
    const fail = (response: ServerResponse) =>
      answer(response, 422, 'application/json', '{"error":"Error processing thumbnail"}');
    const { relay, reply, seen } = await uploading(1, fail);
    await expect(reply()).rejects.toMatchObject({ kind: 'unreachable' });
    relay.intercept = () => false;
    expect(await seen(await reply())).toEqual([{ description: 'A boat.' }]);
  });

  it('that is too large for a proxy (413 with a page) is tried once more, smaller', async () => {
    const { relay, platform, ada, mentioned } = await trouble();
    const mention = await mentioned();
    let uploads = 0;
    relay.intercept = ({ method, url }, response) =>
      method === 'POST' && url === '/api/v2/media' && uploads++ === 0
        ? answer(response, 413, 'text/html', '<h1>413 Request Entity Too Large</h1>')
        : false;
    const picture = { ...(await paintedPicture()), description: 'A boat.' };
    const id = await platform.reply(mention, { text: 'Here.', picture });
    expect((await ada.see(id))?.pictures).toHaveLength(1);
    expect(uploads).toBe(2);
  });

  it('is not made again because a look at it fails', async () => {
    let looks = 0;
    const { reply, seen, counts } = await uploading(0, (response) =>
      ++looks < 3 ? answer(response, 502, 'text/html', page) : false,
    );
    expect(await seen(await reply())).toHaveLength(1);
    expect(counts.uploads).toBe(1);
  });
});
