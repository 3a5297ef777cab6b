import { request } from 'node:http';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { imageSizeLimit } from '../../../src/sandbox/pictures.js';
import { jsonField, picture, runSandbox } from '../../support/sandbox.js';

async function upload(url: string, token: string, body: FormData): Promise<Response> {
  return fetch(`${url}/api/v2/media`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body,
  });
}

function form(file: Blob, description?: string): FormData {
  const data = new FormData();
  data.set('file', file, 'picture.svg');
  if (description !== undefined) data.set('description', description);
  return data;
}

describe('uploading a picture', () => {
  it.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)(
    'takes %s for what it is, whatever its name, and serves it safely',
    async (format) => {
      const { person } = await runSandbox();
      const { rest } = await person('ada');
      const file = new File([await picture(60, 40, format)], 'x.html', { type: 'text/html' });
      const media = await rest.v2.media.create({
        file,
        description: ' A red wall ',
        skipPolling: true,
      });
      expect(media).toMatchObject({ type: 'image', description: 'A red wall' });
      expect(media.meta?.original).toEqual({ width: 60, height: 40, size: '60x40', aspect: 1.5 });
      for (const [address, type] of [
        [media.url, `image/${format}`],
        [media.previewUrl, 'image/webp'],
      ]) {
        const response = await fetch(String(address));
        expect(response.headers.get('Content-Type')).toBe(type);
        expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
        expect(response.headers.get('Cache-Control')).toContain('immutable');
        const { width, height } = await sharp(await response.arrayBuffer()).metadata();
        expect([width, height]).toEqual([60, 40]);
      }
    },
  );

  it('gives the sizes of a turned photo as one sees it', async () => {
    const { person } = await runSandbox();
    const { rest } = await person('ada');
    const turned = await sharp(await (await picture(60, 40)).arrayBuffer())
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const media = await rest.v2.media.create({
      file: new Blob([new Uint8Array(turned)]),
      skipPolling: true,
    });
    expect(media.meta?.original).toMatchObject({ width: 40, height: 60 });
    expect(media.meta?.small).toMatchObject({ width: 40, height: 60 });
  });

  it('refuses what is no picture, or only half of one', async () => {
    const { url, person } = await runSandbox();
    const { token } = await person('ada');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    const whole = await (await picture(300, 300, 'jpeg')).arrayBuffer();
    const hostile: readonly (readonly [Blob, RegExp])[] = [
      [new Blob(['not a picture']), /must be a JPEG/],
      [new Blob([]), /empty/],
      [new Blob([svg], { type: 'image/png' }), /must be a JPEG/],
      [new Blob(['\x89PNG\r\n\x1a\n', 'nothing else']), /must be a JPEG/],
      [new Blob(['GIF89a', 'nothing else']), /damaged/],
      [new Blob([whole.slice(0, whole.byteLength / 2)]), /damaged/],
    ];
    for (const [file, reason] of hostile) {
      const response = await upload(url, token, form(file));
      expect(response.status).toBe(422);
      expect(await jsonField(response, 'error')).toMatch(reason);
    }
  });

  it('refuses a picture of too many pixels, however small its file is', async () => {
    const { url, person } = await runSandbox();
    const { token } = await person('ada');
    const response = await upload(url, token, form(await picture(8000, 6000)));
    expect(response.status).toBe(422);
    expect(await jsonField(response, 'error')).toMatch(/33177600 pixels/);
  });

  it('refuses a file above 16 MB', async () => {
    const { url, person } = await runSandbox();
    const { token } = await person('ada');
    const response = await upload(url, token, form(new Blob([new Uint8Array(imageSizeLimit + 1)])));
    expect(response.status).toBe(413);
    expect(await jsonField(response, 'error')).toMatch(/too large/);
  });

  it('stops reading a body that does not say how long it is and does not end', async () => {
    const { url, person } = await runSandbox();
    const { token } = await person('ada');
    let sent = 0;
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const endless = request(`${url}/api/v2/media`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'multipart/form-data; boundary=x',
        },
      });
      const chunk = Buffer.alloc(64 * 1024);
      const pour = (): void => {
        do sent += chunk.length;
        while (!endless.destroyed && endless.write(chunk));
      };
      endless.on('drain', pour);
      endless.on('error', reject);
      endless.on('response', (response) => {
        resolve(response.statusCode);
        endless.off('error', reject).on('error', () => undefined);
        endless.destroy();
      });
      pour();
    });
    expect(status).toBe(413);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('needs an account, a file, and a description of bearable length', async () => {
    const { url, person } = await runSandbox();
    const { token } = await person('ada');
    expect((await upload(url, 'nobody', form(await picture()))).status).toBe(401);
    expect((await upload(url, token, new FormData())).status).toBe(422);
    expect((await upload(url, token, form(await picture(), 'x'.repeat(1501)))).status).toBe(422);
    const broken = await fetch(`${url}/api/v2/media`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'multipart/form-data' },
      body: 'no boundary',
    });
    expect(broken.status).toBe(400);
  });
});

describe('an uploaded picture', () => {
  it('can be described later, by its owner, until it is posted', async () => {
    const { person } = await runSandbox();
    const [ada, eve] = [await person('ada'), await person('eve')];
    const { id } = await ada.rest.v2.media.create({ file: await picture(), skipPolling: true });
    const changed = await ada.rest.v1.media.$select(id).update({ description: 'A wall' });
    expect(changed.description).toBe('A wall');
    expect((await ada.rest.v1.media.$select(id).fetch()).description).toBe('A wall');
    await expect(eve.rest.v1.media.$select(id).fetch()).rejects.toMatchObject({ statusCode: 404 });
    await expect(
      eve.rest.v1.media.$select(id).update({ description: 'Mine' }),
    ).rejects.toMatchObject({ statusCode: 404 });
    const status = await ada.rest.v1.statuses.create({ status: '', mediaIds: [id] });
    expect(status.mediaAttachments.map((media) => media.description)).toEqual(['A wall']);
    await expect(ada.rest.v1.media.$select(id).fetch()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('is posted once, by its owner, four at most, in the order that was asked for', async () => {
    const { person } = await runSandbox();
    const [ada, eve] = [await person('ada'), await person('eve')];
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push((await ada.rest.v2.media.create({ file: await picture(), skipPolling: true })).id);
    }
    const [first = '', second = ''] = ids;
    const refused = { statusCode: 422 };
    const post = (who: typeof ada, mediaIds: string[]) =>
      who.rest.v1.statuses.create({ status: 'x', mediaIds });
    await expect(post(ada, ids)).rejects.toMatchObject(refused);
    await expect(post(ada, [first, first])).rejects.toMatchObject(refused);
    await expect(post(ada, ['123'])).rejects.toMatchObject(refused);
    await expect(post(eve, [first])).rejects.toMatchObject(refused);
    const status = await post(ada, [second, first]);
    expect(status.mediaAttachments.map((media) => media.id)).toEqual([second, first]);
    await expect(post(ada, [first])).rejects.toMatchObject(refused);
  });

  it('is thrown away after a day in no post', async () => {
    let time = Date.parse('2026-01-01T00:00:00Z');
    const now = () => new Date(time);
    const { person } = await runSandbox({ now });
    const ada = await person('ada');
    const { id, url } = await ada.rest.v2.media.create({
      file: await picture(),
      skipPolling: true,
    });
    const uploadAnother = async () =>
      ada.rest.v2.media.create({ file: await picture(), skipPolling: true });
    time += 23 * 60 * 60 * 1000;
    const younger = await uploadAnother();
    expect((await ada.rest.v1.media.$select(id).fetch()).id).toBe(id);
    time += 2 * 60 * 60 * 1000;
    await uploadAnother();
    expect((await fetch(String(url))).status).toBe(404);
    expect((await fetch(String(younger.url))).status).toBe(200);
  });

  it.each(['../sandbox.sqlite3', '..%2fsandbox.sqlite3', 'x.png', `${'0'.repeat(32)}.png`])(
    'is the only thing in its folder that can be read, not %s',
    async (name) => {
      const { url } = await runSandbox();
      expect((await fetch(`${url}/media/${name}`)).status).toBe(404);
    },
  );
});
