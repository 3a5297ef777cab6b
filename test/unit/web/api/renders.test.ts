import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { revokeKey, listKeys } from '../../../../src/queue/keys.js';
import { options } from '../../../support/queue.js';
import { runCounter, type RunningCounter, sentTo } from '../../../support/web/counter.js';
import { painter } from '../../../support/web/painter.js';

const photo = await sharp({
  create: { width: 64, height: 48, channels: 3, background: 'teal' },
})
  .jpeg()
  .toBuffer();

function form(fields: Readonly<Record<string, string | Buffer>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string') data.set(name, value);
    else data.set(name, new Blob([new Uint8Array(value)]), name);
  return data;
}

interface Body {
  readonly id: string;
  readonly state: string;
  readonly type: string;
  readonly detail: string;
  readonly settings: object;
  readonly errors: readonly { readonly path: string }[];
}

async function json(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

async function create(counter: RunningCounter, key: string, more = {}): Promise<Body> {
  const body = form({ photo, style: 'harbor', ...more });
  const response = await counter.ask(key, '/renders', { method: 'POST', body });
  expect(response.status).toBe(201);
  const render = await json(response);
  expect(response.headers.get('Location')).toBe(`/api/v1/renders/${render.id}`);
  return render;
}

describe('a request through the API', () => {
  it('comes in as a form or as JSON, waits in the line, is painted, and is gone when it is deleted', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const one = await create(counter, key, { strength: '70', colors: 'keep' });
    expect(one).toMatchObject({
      state: 'queued',
      settings: { strength: 70, colors: 'keep' },
      ahead: 0,
    });
    const response = await counter.ask(key, '/renders', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        photo: `data:image/jpeg;base64,${photo.toString('base64')}`,
        styles: [{ name: 'lavender' }, { data: photo.toString('base64') }],
        settings: { blend: [70, 30] },
        description: 'A wall',
      }),
    });
    const two = await json(response);
    expect([response.status, two.state]).toEqual([201, 'queued']);
    expect(sentTo(counter).toSorted()).toEqual([one.id, two.id].toSorted());

    expect((await counter.ask(key, `/renders/${two.id}/picture`)).status).toBe(409);
    await painter(counter).paintAll();
    const picture = await counter.ask(key, `/renders/${two.id}/picture`);
    expect(picture.headers.get('Content-Type')).toBe('image/jpeg');
    expect((await sharp(await picture.arrayBuffer()).metadata()).format).toBe('jpeg');
    expect(await json(await counter.ask(key, `/renders/${two.id}`))).toMatchObject({
      state: 'painted',
      picture: { alt: expect.stringContaining('A wall') as string },
    });

    const gone = await counter.ask(key, `/renders/${two.id}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    for (const path of ['', '/picture', '/events'])
      expect((await counter.ask(key, `/renders/${two.id}${path}`)).status).toBe(404);
    expect(sentTo(counter)).toEqual([one.id]);
    expect(readdirSync(join(counter.folder, 'pictures'))).toHaveLength(1);
    const { renders } = (await (await counter.ask(key, '/renders')).json()) as { renders: Body[] };
    expect(renders.map(({ id }) => id)).toEqual([one.id]);
  });

  it('takes the weights of a blend in one field of a form, or in several, as the document has it', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    for (const blend of [['70, 30'], ['70', '30']]) {
      const body = form({ photo });
      for (const style of ['harbor', 'lavender']) body.append('style', style);
      for (const weight of blend) body.append('blend', weight);
      const response = await counter.ask(key, '/renders', { method: 'POST', body });
      expect((await json(response)).settings).toEqual({ blend: [70, 30] });
    }
  });

  it('is listed among one’s own, the newest first', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await create(counter, key)).id);
    const { renders } = (await (await counter.ask(key, '/renders')).json()) as { renders: Body[] };
    expect(renders.map(({ id }) => id)).toEqual(made);
  });

  it('can be cancelled, and then nobody paints it', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const { id } = await create(counter, key);
    const cancelled = await counter.ask(key, `/renders/${id}/cancel`, { method: 'POST' });
    expect((await json(cancelled)).state).toBe('cancelled');
    expect(await counter.queue.claimRender()).toBeUndefined();
  });

  it('is told live, up to its end', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const { id } = await create(counter, key);
    const events = await counter.ask(key, `/renders/${id}/events`);
    expect(events.headers.get('Content-Type')).toContain('text/event-stream');
    const heard = events.text();
    const { claim, finish } = await painter(counter).begin();
    await counter.feed.current();
    counter.feed.report(id, 0.5, 1);
    await vi.waitFor(async () =>
      expect(await json(await counter.ask(key, `/renders/${id}`))).toMatchObject({
        state: 'painting',
        progress: 0.5,
        sketch: `/api/v1/renders/${id}/sketch?1`,
      }),
    );
    expect(claim.mention.id).toBe(id);
    await finish();
    const said = [...(await heard).matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => (JSON.parse(data) as Body).state,
    );
    expect(said[0]).toBe('queued');
    expect(said.at(-1)).toBe('painted');
  });

  it('is not told to who asks for the head alone, and would never hear the end', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const { id } = await create(counter, key);
    const subscribe = vi.spyOn(counter.feed, 'subscribe');
    const head = await counter.ask(key, `/renders/${id}/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
    expect(subscribe).not.toHaveBeenCalled();
  });

  it.each([
    ['no photo', form({ style: 'harbor' }), 422, 'invalid'],
    ['no painting', form({ photo }), 422, 'invalid'],
    ['a painting that there is not', form({ photo, style: 'nothing' }), 422, 'invalid'],
    ['a size that is none', form({ photo, style: 'harbor', size: '12' }), 422, 'invalid'],
    [
      'weights that no painting has',
      form({ photo, style: 'harbor', blend: '0 9' }),
      422,
      'invalid',
    ],
    ['a word for a number', form({ photo, style: 'harbor', strength: 'much' }), 422, 'invalid'],
    ['a file in another field', form({ photo, painting: photo }), 400, 'malformed'],
    [
      'a photo that is too large',
      form({ photo: Buffer.alloc(1_000_001), style: 'harbor' }),
      413,
      'too-large',
    ],
    ['neither a form nor JSON', 'photo', 415, 'unsupported'],
  ])('is refused with %s, and leaves nothing behind', async (_, body, status, kind) => {
    const counter = await runCounter();
    const response = await counter.ask(await counter.key('ada'), '/renders', {
      method: 'POST',
      body,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect((await json(response)).type).toBe(`urn:pentimento:problem:${kind}`);
    expect(sentTo(counter)).toEqual([]);
    expect(await counter.queue.pending()).toEqual([]);
  });

  it('is refused as JSON that is none, or has too much in it, or a field too many', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const post = (body: string) =>
      counter.ask(key, '/renders', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
    const data = photo.toString('base64');
    expect((await post('{')).status).toBe(400);
    expect((await post(JSON.stringify({ photo: '<svg>', effect: 'dream' }))).status).toBe(422);
    const misspelled = await post(
      JSON.stringify({ photo: data, effect: 'dream', settings: { strenght: 1 } }),
    );
    expect(misspelled.status).toBe(422);
    expect((await json(misspelled)).errors[0]?.path).toBe('settings');
    const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`field${i}`, 1]));
    const much = await post(JSON.stringify({ ...unknown, styles: Object.keys(unknown) }));
    expect(much.status).toBe(422);
    expect((await much.text()).length).toBeLessThan(10_000);
    const large = Buffer.alloc(1_000_001).toString('base64');
    expect((await post(JSON.stringify({ photo: large, effect: 'dream' }))).status).toBe(413);
    expect((await post(JSON.stringify({ photo: large.repeat(3) }))).status).toBe(413);
    expect(sentTo(counter)).toEqual([]);
  });

  it('is refused as a form that says something that there is not', async () => {
    const counter = await runCounter();
    const body = new FormData();
    body.set('photo', new Blob([new Uint8Array(photo)]));
    body.set('style', 'harbor');
    body.set('strenght', '80');
    const refused = await counter.ask(await counter.key('ada'), '/renders', {
      method: 'POST',
      body,
    });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ detail: 'There is no field “strenght”.' });
    expect(sentTo(counter)).toEqual([]);
  });

  it('that exceeds a quota is refused with the time at which it is worth coming back', async () => {
    const quotas = { ...options.quotas, waitingPerPerson: 2 };
    const counter = await runCounter({ quotas });
    const [ada, eve] = [await counter.key('ada'), await counter.key('eve')];
    await create(counter, ada);
    await create(counter, ada);
    const body = form({ photo, style: 'harbor' });
    const third = await counter.ask(ada, '/renders', { method: 'POST', body });
    expect(third.status).toBe(429);
    expect(Number(third.headers.get('Retry-After'))).toBeGreaterThanOrEqual(60);
    expect(await json(third)).toMatchObject({ quota: 'per person' });
    await create(counter, eve);
    expect(sentTo(counter)).toHaveLength(3);
  });

  it('is not taken while the disk is nearly full', async () => {
    const counter = await runCounter({ hasRoom: () => Promise.resolve(false) });
    const body = form({ photo, style: 'harbor' });
    const response = await counter.ask(await counter.key('ada'), '/renders', {
      method: 'POST',
      body,
    });
    expect(response.status).toBe(503);
  });
});

describe('nobody but its owner', () => {
  it('sees a request, hears of it, ends it or deletes it: to all others it is not there', async () => {
    const counter = await runCounter();
    const [ada, eve] = [await counter.key('ada'), await counter.key('eve')];
    const { id } = await create(counter, ada);
    await painter(counter).paintAll();
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/picture'],
      ['GET', '/sketch'],
      ['GET', '/events'],
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const) {
      expect((await counter.ask(eve, `/renders/${id}${path}`, { method })).status).toBe(404);
      expect((await counter.ask(undefined, `/renders/${id}${path}`, { method })).status).toBe(401);
      // The page knows it neither, whoever looks.
      expect((await fetch(`${counter.url}/paintings/${id}${path}`)).status).toBe(404);
    }
    expect(await json(await counter.ask(ada, `/renders/${id}`))).toMatchObject({
      state: 'painted',
    });
    expect(await (await counter.ask(eve, '/renders')).json()).toEqual({ renders: [] });
    const gallery = await (await fetch(`${counter.url}/gallery`)).text();
    expect(gallery).not.toContain('/gallery/1');
    expect((await fetch(`${counter.url}/gallery/1`)).status).toBe(404);
  });

  it('can guess an id: it has 128 random bits', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    const ids = await Promise.all(Array.from({ length: 8 }, () => create(counter, key)));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(8);
    for (const { id } of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('can leave the folder by an id, or by the name of a file', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    for (const id of [
      '..',
      '../..',
      '%2e%2e%2f%2e%2e',
      '..%2fpentimento.sqlite3',
      'a'.repeat(21) + '%2f',
      '%00',
    ])
      for (const path of ['', '/picture', '/sketch'])
        expect((await counter.ask(key, `/renders/${id}${path}`)).status).not.toBe(200);
    const data = new FormData();
    data.set('photo', new Blob([new Uint8Array(photo)]), '../../../escaped.jpg');
    data.set('style', 'harbor');
    const response = await counter.ask(key, '/renders', { method: 'POST', body: data });
    const { id } = await json(response);
    expect(readdirSync(join(counter.folder, 'uploads', id))).toEqual(['photo']);
  });
});

describe('a key', () => {
  it('is kept only as a hash, and opens nothing once it is revoked', async () => {
    const counter = await runCounter();
    const key = await counter.key('ada');
    expect((await counter.ask(key, '/limits')).status).toBe(200);
    const [kept] = await listKeys(counter.queue.database);
    expect(kept?.name).toBe('ada');
    const secret = key.split('_').slice(2).join('_');
    const rows = await counter.queue.database.all('SELECT * FROM api_keys');
    expect(JSON.stringify(rows)).not.toContain(secret);
    await revokeKey(counter.queue.database, kept?.id ?? '', 1);
    const refused = await counter.ask(key, '/limits');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('WWW-Authenticate')).toBe('Bearer');
    for (const wrong of ['', 'pentimento_', `${key}x`, key.replace(/.$/, '-')])
      expect((await counter.ask(wrong, '/limits')).status).toBe(401);
  });
});

describe('who may ask', () => {
  it('is whoever is on this machine, unless the operator opens it: nobody by way of a proxy', async () => {
    const counter = await runCounter();
    const headers = { 'X-Forwarded-For': '203.0.113.7' };
    expect((await counter.ask(await counter.key('ada'), '/limits', { headers })).status).toBe(404);
    expect((await fetch(counter.url, { headers })).status).toBe(403);
    const open = await runCounter({ isLocal: false });
    expect((await open.ask(await open.key('ada'), '/limits', { headers })).status).toBe(200);
  });

  it('is the page at the address where people reach it, by whatever name a proxy asks us', async () => {
    const counter = await runCounter({ address: 'https://paint.example', isLocal: false });
    const statusFor = async (origin: string) => {
      const init = { method: 'POST', headers: { Origin: origin }, body: form({ csrf: 'x' }) };
      return (await fetch(counter.url, init)).status;
    };
    // It is heard, and asked to send its form once more.
    expect(await statusFor('https://paint.example')).toBe(400);
    expect(await statusFor('https://other.example')).toBe(403);
  });

  it('is no page elsewhere, unless its origin is invited', async () => {
    const headers = { Origin: 'https://app.example' };
    const closed = await runCounter();
    const response = await closed.ask(await closed.key('ada'), '/limits', { headers });
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    const post = { method: 'POST', headers, body: form({ photo, style: 'harbor' }) };
    const refused = await closed.ask(await closed.key('ada'), '/renders', post);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('Content-Type')).toBe('application/problem+json');
    const invited = await runCounter({ cors: ['https://app.example'] });
    const answer = await invited.ask(await invited.key('ada'), '/renders', post);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example');
  });
});
