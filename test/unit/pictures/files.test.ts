import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { filesStore } from '../../../src/pictures/files.js';
import { keyOf, shelfOf } from '../../../src/pictures/store.js';
import { temporaryFolder } from '../../support/folder.js';

const ID = 'a'.repeat(22);
const photo = keyOf(`uploads/${ID}/photo`);
const MEMORY = '/dev/shm';
const hasOtherDisk = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

it('what people send is for its owner alone to see', async () => {
  const root = temporaryFolder();
  const file = join(root, 'arriving');
  writeFileSync(file, 'a photo', { mode: 0o600 });
  const store = filesStore(root);
  await store.put(photo, file);
  await store.copy(photo, keyOf(`uploads/${ID}/painting1`));
  const mode = (path: string) => statSync(join(root, path)).mode & 0o777;
  expect(mode('uploads')).toBe(0o700);
  expect(mode(`uploads/${ID}`)).toBe(0o700);
  for (const name of ['photo', 'painting1']) expect(mode(`uploads/${ID}/${name}`)).toBe(0o600);
});

it.skipIf(!hasOtherDisk)(
  'a file that lies on another disk is taken over all the same',
  async () => {
    const elsewhere = mkdtempSync(join(MEMORY, 'pentimento-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    writeFileSync(join(elsewhere, 'x'), 'a picture');
    const root = temporaryFolder();
    await filesStore(root).put(photo, join(elsewhere, 'x'));
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(readdirSync(join(root, 'uploads', ID))).toEqual(['photo']);
    expect(readFileSync(join(root, photo), 'utf8')).toBe('a picture');
  },
);

it('no folder is left where nothing is, and something can be put there meanwhile', async () => {
  const root = temporaryFolder();
  const store = filesStore(root);
  const sketch = keyOf(`uploads/${ID}/sketch.jpg`);
  for (let time = 0; time < 50; time++) {
    writeFileSync(join(root, 'a'), 'a');
    writeFileSync(join(root, 'b'), 'b');
    await store.put(photo, join(root, 'a'));
    await Promise.all([
      store.put(sketch, join(root, 'b')),
      time % 2 === 0 ? store.remove(photo) : store.remove(shelfOf(ID)),
    ]);
    await store.remove(photo);
    await store.remove(sketch);
    expect(readdirSync(join(root, 'uploads'))).toEqual([]);
  }
});

it('what a process left half written long ago is removed; what is not ours stays', async () => {
  const root = temporaryFolder();
  const store = filesStore(root);
  for (const folder of ['pictures', `uploads/${ID}`, `uploads/${'b'.repeat(22)}`, 'uploads/mine'])
    mkdirSync(join(root, folder), { recursive: true });
  const files = ['pictures/1.jpg', 'pictures/.1.part', `uploads/${ID}/.2.part`, 'uploads/mine/x'];
  for (const file of [...files, 'pictures/.new.part']) writeFileSync(join(root, file), 'x');
  const long = new Date(Date.now() - 2 * 60 * 60_000);
  for (const path of [...files, `uploads/${ID}`, `uploads/${'b'.repeat(22)}`])
    utimesSync(join(root, path), long, long);
  expect((await store.list('pictures/')).map(({ key }) => key)).toEqual(['pictures/1.jpg']);
  expect(await store.list('uploads/')).toEqual([]);
  expect(readdirSync(join(root, 'pictures')).toSorted()).toEqual(['.new.part', '1.jpg']);
  expect(readdirSync(join(root, 'uploads'))).toEqual(['mine']);
});

it('a picture of which the disk has made something else is none', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'pictures/1.jpg'), { recursive: true });
  expect(await filesStore(root).get(keyOf('pictures/1.jpg'))).toBeUndefined();
});
