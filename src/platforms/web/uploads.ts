import { randomBytes } from 'node:crypto';
import { constants, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from '../port.js';

declare const brand: unique symbol;
/** What a request is known by on the web, and what nobody can guess: 128 random bits. */
export type RenderId = string & { readonly [brand]: 'RenderId' };

/** A picture of a request: its photo, or one of its paintings, counted from 1. */
export type Original = 'photo' | `painting${number}`;

const ID = /^[A-Za-z0-9_-]{22}$/;
const UPLOAD = /^upload:([A-Za-z0-9_-]{22})\/(photo|painting[1-9])$/;
const ORIGINAL = /^(photo|painting[1-9])$/;

export function newRenderId(): RenderId {
  return randomBytes(16).toString('base64url') as RenderId;
}

/** Whether a text has the form of an id. Only what has it ever becomes part of a path. */
export function isRenderId(text: string): text is RenderId {
  return ID.test(text);
}

/**
 * Where the pictures lie that people have sent to us themselves: a folder for each request. Nobody but the worker opens
 * them, and nobody is given them back: what is shown is what the worker has made of them.
 */
export class Uploads {
  constructor(private readonly folder: string) {}

  /** A folder for a new request, for its owner's eyes. */
  async open(id: RenderId): Promise<string> {
    const folder = join(this.folder, id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  file(id: RenderId, original: Original): string {
    return join(this.folder, id, original);
  }

  /** How a request names one of its pictures. */
  attachment(id: RenderId, original: Original, description: string): Attachment {
    return { kind: 'picture', url: `upload:${id}/${original}`, description };
  }

  /** The file that an attachment means; undefined if it is none of ours. */
  behind({ url }: Attachment): string | undefined {
    const [, id, original] = UPLOAD.exec(url) ?? [];
    return id === undefined || original === undefined ? undefined : join(this.folder, id, original);
  }

  /** For who watches: the photo as it is painted from, and the picture so far. */
  watched(id: RenderId): { readonly photo: string; readonly sketch: string } {
    const folder = join(this.folder, id);
    return { photo: join(folder, 'seen.jpg'), sketch: join(folder, 'sketch.jpg') };
  }

  /** Takes over what an earlier request had. @throws Error of code ENOENT if it is not there any more */
  async copy(from: Attachment, to: RenderId, original: Original): Promise<void> {
    const file = this.behind(from);
    if (file === undefined) throw new Error('not an upload');
    await copyFile(file, this.file(to, original), constants.COPYFILE_FICLONE);
  }

  /** Removes all of a request's. Whoever still paints it finds no folder of that name, and so cannot put anything back. */
  async remove(id: RenderId): Promise<void> {
    // Should the bot end in between, this is the folder of no request, and is tidied away.
    const nobodys = join(this.folder, newRenderId());
    await rename(join(this.folder, id), nobodys).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    await rm(nobodys, { recursive: true, force: true });
  }

  /**
   * Removes what is no longer needed, asked of every folder that has had an hour to become a request's.
   */
  async tidy(neededOf: (id: RenderId) => Promise<Needed>, now: number): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!isRenderId(name)) continue;
      const folder = join(this.folder, name);
      if ((await stat(folder)).mtimeMs > now - SETTLED_MS) continue;
      const needed = await neededOf(name);
      if (needed === 'nothing') await this.remove(name);
      else if (needed === 'what is shown')
        for (const file of await readdir(folder))
          if (ORIGINAL.test(file)) await rm(join(folder, file), { force: true });
    }
  }
}

/** What of a request's folder is still needed. */
export type Needed = 'everything' | 'what is shown' | 'nothing';

/** No upload takes longer. */
const SETTLED_MS = 60 * 60_000;
