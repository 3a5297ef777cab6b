import { readFile, rm, writeFile } from 'node:fs/promises';
import {
  isShelf,
  StoreUnreachable,
  type PictureKey,
  type PictureStore,
  type Shelf,
} from '../../src/pictures/store.js';

/** A store of pictures in memory, which can be taken out of reach. */
export class MemoryPictures implements PictureStore {
  readonly all = new Map<string, { readonly bytes: Buffer; readonly changedAt: number }>();
  isAway = false;
  /** How often it was asked in vain. */
  refusals = 0;

  async put(key: PictureKey, file: string): Promise<void> {
    this.#reach();
    this.set(key, await readFile(file));
    await rm(file);
  }

  /** Puts something there without a file. */
  set(key: string, bytes: Buffer | string, changedAt = Date.now()): void {
    this.all.set(key, { bytes: Buffer.from(bytes), changedAt });
  }

  async get(key: PictureKey): Promise<Buffer | undefined> {
    await Promise.resolve();
    this.#reach();
    return this.all.get(key)?.bytes;
  }

  async fetch(key: PictureKey, file: string): Promise<boolean> {
    const bytes = await this.get(key);
    if (bytes !== undefined) await writeFile(file, bytes);
    return bytes !== undefined;
  }

  async copy(from: PictureKey, to: PictureKey): Promise<boolean> {
    const bytes = await this.get(from);
    if (bytes !== undefined) this.set(to, bytes);
    return bytes !== undefined;
  }

  async remove(what: PictureKey | Shelf): Promise<void> {
    await Promise.resolve();
    this.#reach();
    for (const key of this.all.keys())
      if (key === what || (isShelf(what) && key.startsWith(what))) this.all.delete(key);
  }

  async list(room: string) {
    await Promise.resolve();
    this.#reach();
    const found = [...this.all].filter(([key]) => key.startsWith(room));
    return found.map(([key, { changedAt }]) => ({ key: key as PictureKey, changedAt }));
  }

  #reach(): void {
    if (!this.isAway) return;
    this.refusals++;
    throw new StoreUnreachable('it is away');
  }
}
