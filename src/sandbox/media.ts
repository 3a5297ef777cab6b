import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { NextId } from './ids.js';
import { inspectPicture, mimeOf } from './pictures.js';

/** A media attachment as it lies in the database. `file` and `preview` are names in the media folder. */
export interface MediaRow {
  readonly id: string;
  readonly accountId: string;
  readonly statusId: string | null;
  readonly file: string;
  readonly preview: string;
  readonly width: number;
  readonly height: number;
  readonly previewWidth: number;
  readonly previewHeight: number;
  readonly description: string | null;
  readonly focusX: number;
  readonly focusY: number;
  readonly createdAt: string;
}

/** What somebody says of a picture. */
export interface Caption {
  readonly description: string | null;
  /** What must stay visible where it is cropped. */
  readonly focus: { readonly x: number; readonly y: number };
}

const columns = `id, account_id AS accountId, status_id AS statusId, file, preview, width, height,
  preview_width AS previewWidth, preview_height AS previewHeight, description,
  focus_x AS focusX, focus_y AS focusY, created_at AS createdAt`;

/** An upload that is in no status after this long is thrown away; Mastodon's rule too. */
const patience = 24 * 60 * 60 * 1000;

/** Pictures: rows in the database, files in a folder. */
export class MediaStore {
  readonly #database: Database;
  readonly #folder: string;
  readonly #nextId: NextId;
  readonly #now: () => Date;

  constructor(database: Database, folder: string, nextId: NextId, now: () => Date) {
    this.#database = database;
    this.#folder = folder;
    this.#nextId = nextId;
    this.#now = now;
    mkdirSync(folder, { recursive: true });
  }

  /** Keeps an uploaded picture, in place of those that nobody has used; throws UnusablePicture if it is none. */
  async add(accountId: string, data: Buffer, { description, focus }: Caption): Promise<MediaRow> {
    await this.#removeAbandoned();
    const picture = await inspectPicture(data);
    // The name is a secret: whoever may not see a status does not find its pictures either.
    const name = randomBytes(16).toString('hex');
    const row: MediaRow = {
      id: this.#nextId(),
      accountId,
      statusId: null,
      file: `${name}.${picture.extension}`,
      preview: `${name}-small.webp`,
      width: picture.width,
      height: picture.height,
      previewWidth: picture.preview.width,
      previewHeight: picture.preview.height,
      description,
      focusX: focus.x,
      focusY: focus.y,
      createdAt: this.#now().toISOString(),
    };
    await writeFile(join(this.#folder, row.file), data, { flag: 'wx' });
    await writeFile(join(this.#folder, row.preview), picture.preview.data, { flag: 'wx' });
    this.#database
      .prepare(
        `INSERT INTO media_attachments (id, account_id, file, preview, width, height, preview_width,
           preview_height, description, focus_x, focus_y, created_at)
         VALUES (@id, @accountId, @file, @preview, @width, @height, @previewWidth, @previewHeight,
           @description, @focusX, @focusY, @createdAt)`,
      )
      .run(row);
    return row;
  }

  /** An upload of one's own that is in no status yet. */
  findUnused(id: string, accountId: string): MediaRow | undefined {
    return this.#database
      .prepare<[string, string], MediaRow>(
        `SELECT ${columns} FROM media_attachments WHERE id = ? AND account_id = ? AND status_id IS NULL`,
      )
      .get(id, accountId);
  }

  describe(id: string, description: string | null): void {
    this.#database
      .prepare('UPDATE media_attachments SET description = ? WHERE id = ?')
      .run(description, id);
  }

  /** Takes the pictures of a status out of it; until they are in one again they are as uploads. */
  detach(statusId: string): void {
    this.#database
      .prepare('UPDATE media_attachments SET status_id = NULL WHERE status_id = ?')
      .run(statusId);
  }

  attach(ids: readonly string[], statusId: string): void {
    const attach = this.#database.prepare(
      'UPDATE media_attachments SET status_id = ?, position = ? WHERE id = ?',
    );
    ids.forEach((id, position) => attach.run(statusId, position, id));
  }

  ofStatus(statusId: string): readonly MediaRow[] {
    return this.#database
      .prepare<[string], MediaRow>(
        `SELECT ${columns} FROM media_attachments WHERE status_id = ? ORDER BY position`,
      )
      .all(statusId);
  }

  /** The bytes and the media type of a stored file; undefined if there is no such file. */
  async read(name: string): Promise<{ data: Buffer; mime: string } | undefined> {
    const [, extension] = /^[0-9a-f]{32}(?:-small)?\.([a-z]+)$/.exec(name) ?? [];
    const mime = extension === undefined ? undefined : mimeOf(extension);
    if (mime === undefined) return undefined;
    try {
      return { data: await readFile(join(this.#folder, name)), mime };
    } catch {
      return undefined;
    }
  }

  async removeFiles(rows: readonly MediaRow[]): Promise<void> {
    for (const name of rows.flatMap((row) => [row.file, row.preview])) {
      await rm(join(this.#folder, name), { force: true });
    }
  }

  /** Throws away uploads that nobody has used for a day. */
  async #removeAbandoned(): Promise<void> {
    const before = new Date(this.#now().getTime() - patience).toISOString();
    const abandoned = this.#database
      .prepare<[string], MediaRow>(
        `DELETE FROM media_attachments WHERE status_id IS NULL AND created_at < ? RETURNING ${columns}`,
      )
      .all(before);
    await this.removeFiles(abandoned);
  }
}
