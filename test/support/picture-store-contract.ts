import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyOf, shelfOf, StoreUnreachable, type PictureStore } from '../../src/pictures/store.js';
import { temporaryFolder } from './folder.js';

export interface Setting {
  readonly store: PictureStore;
  /** Takes the store out of reach; gives how it comes back. */
  readonly leave: () => Promise<() => Promise<void>>;
  /** Whether what is asked of it meanwhile is done when it is back, and does not fail. */
  readonly waits?: boolean;
}

const one = keyOf('pictures/1-0a1b2c3d.jpg');
const ID = 'a'.repeat(22);
const OTHER = `${'a'.repeat(21)}b`;
const photo = keyOf(`uploads/${ID}/photo`);
const sketch = keyOf(`uploads/${ID}/sketch.jpg`);
const others = keyOf(`uploads/${OTHER}/photo`);

function fileOf(content: string | Buffer): string {
  const file = join(temporaryFolder(), 'a picture');
  writeFileSync(file, content);
  return file;
}

async function keysOf(store: PictureStore) {
  const kept = [...(await store.list('pictures/')), ...(await store.list('uploads/'))];
  return kept.map(({ key }) => key).toSorted();
}

/** What every store promises. */
export function storeContract(name: string, setting: () => Promise<Setting>): void {
  describe(`a store of pictures: ${name}`, () => {
    it('gives back what was put there, to the byte, and has taken the file over', async () => {
      const { store } = await setting();
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
      const file = fileOf(bytes);
      await store.put(one, file);
      expect(existsSync(file)).toBe(false);
      expect((await store.get(one))?.equals(bytes)).toBe(true);
      const fetched = join(temporaryFolder(), 'fetched');
      expect(await store.fetch(one, fetched)).toBe(true);
      expect(readFileSync(fetched).equals(bytes)).toBe(true);
    });

    it('keeps what was put last', async () => {
      const { store } = await setting();
      for (const content of ['first', 'second']) await store.put(photo, fileOf(content));
      expect(String(await store.get(photo))).toBe('second');
      expect(await keysOf(store)).toEqual([photo]);
    });

    it('says what is not there, and minds no removal of it', async () => {
      const { store } = await setting();
      await store.put(others, fileOf('another'));
      const fetched = join(temporaryFolder(), 'fetched');
      expect(await store.get(photo)).toBeUndefined();
      expect(await store.fetch(photo, fetched)).toBe(false);
      expect(existsSync(fetched)).toBe(false);
      expect(await store.copy(photo, sketch)).toBe(false);
      await store.remove(photo);
      await store.remove(shelfOf(ID));
      expect(await keysOf(store)).toEqual([others]);
    });

    it('does not put what is no file', async () => {
      const { store } = await setting();
      const nothing = store.put(one, join(temporaryFolder(), 'nothing'));
      await expect(nothing).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await keysOf(store)).toEqual([]);
    });

    it('copies from one request to another, and each has its own', async () => {
      const { store } = await setting();
      await store.put(photo, fileOf('a photo'));
      await store.put(others, fileOf('another'));
      expect(await store.copy(photo, others)).toBe(true);
      await store.remove(photo);
      expect(String(await store.get(others))).toBe('a photo');
    });

    it('removes one picture, or all of a request, and nothing of another', async () => {
      const { store } = await setting();
      for (const key of [one, photo, sketch, others]) await store.put(key, fileOf(key));
      await store.remove(one);
      expect(await keysOf(store)).toEqual([photo, sketch, others].toSorted());
      await store.remove(shelfOf(ID));
      expect(await keysOf(store)).toEqual([others]);
      expect(await store.get(sketch)).toBeUndefined();
    });

    it('lists everything of a room, however much, and since when it is there', async () => {
      const { store } = await setting();
      const before = Date.now();
      const keys = Array.from({ length: 11 }, (_, i) => keyOf(`pictures/${i + 1}.jpg`));
      for (const key of [...keys, photo]) await store.put(key, fileOf(key));
      const painted = await store.list('pictures/');
      expect(painted.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
      expect((await store.list('uploads/')).map(({ key }) => key)).toEqual([photo]);
      for (const { changedAt } of painted) {
        expect(changedAt).toBeGreaterThan(before - 1000);
        expect(changedAt).toBeLessThan(Date.now() + 1000);
      }
    });

    it('shows nobody half of a picture, whoever puts another one in its place meanwhile', async () => {
      const { store } = await setting();
      const sizes = [100_000, 250_000];
      const end = new AbortController();
      await store.put(sketch, fileOf(Buffer.alloc(sizes[0] ?? 0, 'a')));
      const writing = (async () => {
        for (let time = 0; time < 30; time++)
          await store.put(sketch, fileOf(Buffer.alloc(sizes[time % 2] ?? 0, 97 + (time % 2))));
        end.abort();
      })();
      while (!end.signal.aborted) {
        const bytes = await store.get(sketch);
        if (bytes === undefined) throw new Error('it is not there');
        expect(bytes.length).toBe(sizes[(bytes[0] ?? 0) - 97]);
        expect(bytes.equals(Buffer.alloc(bytes.length, bytes[0]))).toBe(true);
      }
      await writing;
    });

    it('that is out of reach says so, whatever is asked of it, or is waited for, and loses nothing', async () => {
      const { store, leave, waits = false } = await setting();
      for (const key of [one, photo]) await store.put(key, fileOf('kept'));
      const comeBack = await leave();
      const file = fileOf('another');
      const fetched = join(temporaryFolder(), 'fetched');
      if (waits) {
        const [putting, getting] = [store.put(one, file), store.get(photo)];
        await comeBack();
        await putting;
        expect(String(await getting)).toBe('kept');
        expect(String(await store.get(one))).toBe('another');
        return;
      }
      for (const act of [
        () => store.put(one, file),
        () => store.get(one),
        () => store.fetch(one, fetched),
        () => store.copy(one, photo),
        () => store.remove(one),
        () => store.remove(shelfOf(ID)),
        () => store.list('pictures/'),
      ])
        await expect(act(), String(act)).rejects.toThrow(StoreUnreachable);
      expect(existsSync(fetched)).toBe(false);
      expect(readFileSync(file, 'utf8'), 'it can be put later').toBe('another');
      await comeBack();
      expect(String(await store.get(one))).toBe('kept');
      await store.put(one, file);
      expect(String(await store.get(one))).toBe('another');
      expect(await keysOf(store)).toEqual([one, photo].toSorted());
    });
  });
}
