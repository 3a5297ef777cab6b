import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PictureTooLarge } from '../../../src/platforms/port.js';
import { webPlatform } from '../../../src/platforms/web/platform.js';
import {
  isRenderId,
  newRenderId,
  Uploads,
  type Needed,
} from '../../../src/platforms/web/uploads.js';
import { temporaryFolder } from '../../support/folder.js';

const HOUR = 3_600_000;

it('only what has the form of an id ever becomes part of a path', async () => {
  const uploads = new Uploads(temporaryFolder());
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
  for (const url of ['upload:../photo', `upload:${newRenderId()}/../x`, 'file:///etc/passwd', ''])
    expect(uploads.behind({ kind: 'picture', url, description: '' })).toBeUndefined();
  await expect(
    webPlatform(uploads).download(
      { kind: 'picture', url: 'upload:../photo', description: '' },
      join(temporaryFolder(), 'x'),
      10,
      new AbortController().signal,
    ),
  ).rejects.toMatchObject({ kind: 'refused' });
});

it('what was sent is fetched like any picture, unless it is too large', async () => {
  const uploads = new Uploads(temporaryFolder());
  const id = newRenderId();
  await uploads.open(id);
  writeFileSync(uploads.file(id, 'photo'), 'twelve bytes');
  const file = join(temporaryFolder(), 'fetched');
  const attachment = uploads.attachment(id, 'photo', '');
  const { signal } = new AbortController();
  await webPlatform(uploads).download(attachment, file, 12, signal);
  await expect(webPlatform(uploads).download(attachment, file, 11, signal)).rejects.toThrow(
    PictureTooLarge,
  );
});

describe('tidying up', () => {
  it.each([
    ['everything', 2, ['photo', 'seen.jpg']],
    ['what is shown', 2, ['seen.jpg']],
    ['nothing', 2, undefined],
    ['nothing', 0.5, ['photo', 'seen.jpg']],
  ] as const)('keeps what is needed: %s, after %d hours', async (needed: Needed, hours, left) => {
    const folder = temporaryFolder();
    const uploads = new Uploads(folder);
    const id = newRenderId();
    const own = await uploads.open(id);
    mkdirSync(join(folder, 'something else'));
    writeFileSync(join(own, 'photo'), '');
    writeFileSync(join(own, 'seen.jpg'), '');
    const now = Date.now();
    const then = new Date(now - hours * HOUR);
    utimesSync(own, then, then);
    await uploads.tidy(() => Promise.resolve(needed), now);
    expect(readdirSync(folder)).toContain('something else');
    expect(readdirSync(folder).includes(id)).toBe(left !== undefined);
    if (left !== undefined) expect(readdirSync(own).toSorted()).toEqual(left);
  });

  it('of what was never there does nothing', async () => {
    await new Uploads(join(temporaryFolder(), 'none')).tidy(() => Promise.resolve('nothing'), 0);
  });
});

it('all that belongs to a request is removed, also while somebody goes on sketching', async () => {
  const folder = temporaryFolder();
  const uploads = new Uploads(folder);
  for (let time = 0; time < 20; time++) {
    const id = newRenderId();
    const its = await uploads.open(id);
    await writeFile(uploads.file(id, 'photo'), 'a photo');
    const end = new AbortController();
    const sketching = (async () => {
      while (!end.signal.aborted) {
        await writeFile(join(its, '.part'), 'a sketch').catch(() => undefined);
        await rename(join(its, '.part'), join(its, 'sketch.jpg')).catch(() => undefined);
      }
    })();
    await sleep(5);
    await uploads.remove(id);
    end.abort();
    await sketching;
    expect(readdirSync(folder)).toEqual([]);
    await uploads.remove(id); // what is gone already is fine
  }
});
