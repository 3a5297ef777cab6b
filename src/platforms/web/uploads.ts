import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf, shelfOf, type PictureKey, type PictureStore } from '../../pictures/store.js';
import type { Attachment } from '../port.js';

declare const brand: unique symbol;
/** What a request is known by on the web, and what nobody can guess: 128 random bits. */
export type RenderId = string & { readonly [brand]: 'RenderId' };

/** A picture of a request: its photo, or one of its paintings, counted from 1. */
export type Original = 'photo' | `painting${number}`;

const ID = /^[A-Za-z0-9_-]{22}$/;
const UPLOAD = /^upload:([A-Za-z0-9_-]{22})\/(photo|painting[1-9])$/;
const ORIGINAL = /^(photo|painting[1-9])$/;
const SENT = /^uploads\/([^/]+)\/([^/]+)$/;

export function newRenderId(): RenderId {
  return randomBytes(16).toString('base64url') as RenderId;
}

/** Whether a text has the form of an id. Only what has it ever becomes part of a path. */
export function isRenderId(text: string): text is RenderId {
  return ID.test(text);
}

/**
 * The pictures that people have sent to us themselves. Nobody but the worker opens them, and nobody is given them back: what is
 * shown is what the worker has made of them. They arrive in a folder of this machine, and are then kept where all machines
 * find them.
 */
export class Uploads {
  /** @param folder where they arrive; made if need be */
  constructor(
    private readonly store: PictureStore,
    private readonly folder: string,
  ) {}

  /** A folder in which a new request's pictures arrive, for its owner's eyes. */
  async open(id: RenderId): Promise<string> {
    const folder = join(this.folder, id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Where one of them arrives. */
  file(id: RenderId, original: Original): string {
    return join(this.folder, id, original);
  }

  /** Keeps what has arrived for a request. @throws StoreUnreachable */
  async keep(id: RenderId): Promise<void> {
    const folder = join(this.folder, id);
    for (const name of await readdir(folder))
      if (ORIGINAL.test(name)) await this.store.put(keyFor(id, name), join(folder, name));
    await rm(folder, { recursive: true });
  }

  /** How a request names one of its pictures. */
  attachment(id: RenderId, original: Original, description: string): Attachment {
    return { kind: 'picture', url: `upload:${id}/${original}`, description };
  }

  /**
   * Saves what an attachment means; tells whether it is there, and is one of ours.
   * @throws StoreUnreachable
   */
  async fetch(attachment: Attachment, file: string): Promise<boolean> {
    const key = keyBehind(attachment);
    return key !== undefined && (await this.store.fetch(key, file));
  }

  /** For who watches: the photo as it is painted from, and the picture so far. */
  watched(id: RenderId): { readonly photo: PictureKey; readonly sketch: PictureKey } {
    return { photo: keyFor(id, 'seen.jpg'), sketch: keyFor(id, 'sketch.jpg') };
  }

  /** Takes over what an earlier request had; tells whether it is still there. @throws StoreUnreachable */
  async copy(from: Attachment, to: RenderId, original: Original): Promise<boolean> {
    const key = keyBehind(from);
    return key !== undefined && (await this.store.copy(key, keyFor(to, original)));
  }

  /** Removes all of a request's. @throws StoreUnreachable */
  async remove(id: RenderId): Promise<void> {
    await rm(join(this.folder, id), { recursive: true, force: true });
    await this.store.remove(shelfOf(id));
  }

  /** Removes what was arriving when an earlier process ended. Nothing may be arriving by now. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Removes what is no longer needed, asked of every request that has had an hour to come about.
   * @throws StoreUnreachable
   */
  async tidy(neededOf: (id: RenderId) => Promise<Needed>, now: number): Promise<void> {
    const before = now - SETTLED_MS;
    const requests = new Map<RenderId, { newest: number; originals: PictureKey[] }>();
    for (const { key, changedAt } of await this.store.list('uploads/')) {
      const [, id = '', name = ''] = SENT.exec(key) ?? [];
      if (!isRenderId(id)) continue;
      const its = requests.get(id) ?? { newest: -Infinity, originals: [] };
      its.newest = Math.max(its.newest, changedAt);
      if (ORIGINAL.test(name)) its.originals.push(key);
      requests.set(id, its);
    }
    for (const [id, { newest, originals }] of requests) {
      if (newest > before) continue;
      const needed = await neededOf(id);
      if (needed === 'nothing') await this.store.remove(shelfOf(id));
      else if (needed === 'what is shown')
        for (const key of originals) await this.store.remove(key);
    }
  }
}

function keyFor(id: RenderId, name: string): PictureKey {
  return keyOf(`uploads/${id}/${name}`);
}

/** The picture that an attachment means; undefined if it is none of ours. */
function keyBehind({ url }: Attachment): PictureKey | undefined {
  const [, id, original] = UPLOAD.exec(url) ?? [];
  return id === undefined || original === undefined
    ? undefined
    : keyOf(`uploads/${id}/${original}`);
}

/** What of a request's pictures is still needed. */
export type Needed = 'everything' | 'what is shown' | 'nothing';

/** No upload takes longer. */
const SETTLED_MS = 60 * 60_000;
