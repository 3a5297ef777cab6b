import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreUnreachable } from '../../../../src/pictures/store.js';
import { PictureTooLarge } from '../../../../src/platforms/port.js';
import { webPlatform } from '../../../../src/platforms/web/platform.js';
import {
  isRenderId,
  newRenderId,
  Uploads,
  type Needed,
} from '../../../../src/platforms/web/uploads.js';
import { temporaryFolder } from '../../../support/folder.js';
import { MemoryPictures } from '../../../support/memory-pictures.js';

const HOUR = 3_600_000;

function scene() {
  const pictures = new MemoryPictures();
  const folder = temporaryFolder();
  return { pictures, folder, uploads: new Uploads(pictures, folder) };
}

it('only what has the form of an id ever becomes part of a path', async () => {
  const { uploads } = scene();
  expect(isRenderId(newRenderId())).toBe(true);
  for (const text of [
    '',
    '..',
    '../../etc/passwd',
    'a'.repeat(21),
    'a'.repeat(23),
    `${'a'.repeat(21)}/`,
  ])
    expect(isRenderId(text)).toBe(false);
  const file = join(temporaryFolder(), 'x');
  const id = newRenderId();
  for (const url of ['upload:../photo', `upload:${id}/../x`, 'file:///etc/passwd', '']) {
    const attachment = { kind: 'picture', url, description: '' } as const;
    expect(await uploads.fetch(attachment, file)).toBe(false);
    expect(await uploads.copy(attachment, id, 'photo')).toBe(false);
    const download = webPlatform(uploads).download(
      attachment,
      file,
      10,
      new AbortController().signal,
    );
    await expect(download).rejects.toMatchObject({ kind: 'refused' });
  }
});

it('what has arrived is kept, and nothing of it stays where it arrived', async () => {
  const { pictures, folder, uploads } = scene();
  const id = newRenderId();
  const its = await uploads.open(id);
  for (const name of ['photo', 'painting1', 'body.json']) writeFileSync(join(its, name), name);
  await uploads.keep(id);
  expect([...pictures.all.keys()].toSorted()).toEqual([
    `uploads/${id}/painting1`,
    `uploads/${id}/photo`,
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

it('what was sent is fetched like any picture, unless it is too large, gone, or out of reach', async () => {
  const { pictures, uploads } = scene();
  const id = newRenderId();
  const to = temporaryFolder();
  pictures.set(`uploads/${id}/photo`, 'twelve bytes');
  const attachment = uploads.attachment(id, 'photo', '');
  const download = (maxBytes: number) =>
    webPlatform(uploads).download(
      attachment,
      join(to, 'fetched'),
      maxBytes,
      new AbortController().signal,
    );
  await expect(download(11)).rejects.toThrow(PictureTooLarge);
  expect(readdirSync(to)).toEqual([]);
  await download(12);
  expect(readdirSync(to)).toEqual(['fetched']);
  pictures.isAway = true;
  await expect(download(12)).rejects.toThrow(StoreUnreachable);
  pictures.isAway = false;
  pictures.all.clear();
  await expect(download(12)).rejects.toMatchObject({ kind: 'refused' });
});

it('all that belongs to a request is removed, wherever it is', async () => {
  const { pictures, folder, uploads } = scene();
  const [id, other] = [newRenderId(), newRenderId()];
  pictures.set(`uploads/${id}/photo`, '');
  pictures.set(`uploads/${other}/photo`, '');
  writeFileSync(join(await uploads.open(id), 'photo'), '');
  for (let time = 0; time < 2; time++) await uploads.remove(id); // what is gone already is fine
  expect(readdirSync(folder)).toEqual([]);
  expect([...pictures.all.keys()]).toEqual([`uploads/${other}/photo`]);
});

describe('tidying up', () => {
  it.each([
    ['everything', 2, ['photo', 'seen.jpg']],
    ['what is shown', 2, ['seen.jpg']],
    ['nothing', 2, []],
    ['nothing', 0.5, ['photo', 'seen.jpg']],
  ] as const)('keeps what is needed: %s, after %d hours', async (needed: Needed, hours, left) => {
    const { pictures, uploads } = scene();
    const id = newRenderId();
    const now = Date.now();
    const then = now - hours * HOUR;
    pictures.set(`uploads/${id}/photo`, '', then - HOUR);
    pictures.set(`uploads/${id}/seen.jpg`, '', then);
    await uploads.tidy(() => Promise.resolve(needed), now);
    expect([...pictures.all.keys()]).toEqual(left.map((name) => `uploads/${id}/${name}`));
  });

  it('of what was never there does nothing', async () => {
    const folder = join(temporaryFolder(), 'none');
    const pictures = new MemoryPictures();
    const uploads = new Uploads(pictures, folder);
    await uploads.tidy(() => Promise.resolve('nothing'), 0);
    await uploads.clear();
    expect(existsSync(folder)).toBe(false);
    expect([...pictures.all.keys()]).toEqual([]);
  });
});
