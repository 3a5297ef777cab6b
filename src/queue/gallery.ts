import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';
import type { RenderRequest } from '../requests/request.js';
import type { RequestId } from './desk.js';
import type { Person } from './person.js';
import type { PaintedFile } from './states.js';

/*
 * What hangs in the gallery: pictures that were asked for in public, by people who do not mind. What is marked as
 * sensitive, or stands behind a warning, hangs nowhere.
 */

/** A picture that everybody may see. */
export interface Hung {
  readonly id: RequestId;
  readonly mention: Mention;
  readonly request: RenderRequest;
  readonly painted: PaintedFile;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

interface Row {
  readonly id: RequestId;
  readonly mention: string;
  readonly request: string;
  readonly answer: string;
  readonly createdAt: number;
}

const HUNG = `SELECT id, mention, request, answer, created_at AS createdAt
  FROM requests JOIN people USING (platform, person)
  WHERE state = 'answered' AND cost > 0 AND mention ->> '$.visibility' = 'public'
    AND mention ->> '$.sensitive' = 0 AND mention ->> '$.spoiler' = ''
    AND answer ->> '$.type' = 'painted' AND coalesce(answer ->> '$.sensitive', 0) = 0
    AND in_gallery = 1`;

/** Some of the pictures, newest first: those before one of them, or the newest. */
export function hung(database: Database, before: number, limit: number): readonly Hung[] {
  return database
    .prepare<[number, number], Row>(`${HUNG} AND id < ? ORDER BY id DESC LIMIT ?`)
    .all(before, limit)
    .map(asHung);
}

/** One picture; undefined if it does not hang there, or no longer. */
export function hungAt(database: Database, id: number): Hung | undefined {
  const row = database.prepare<[number], Row>(`${HUNG} AND id = ?`).get(id);
  return row && asHung(row);
}

/**
 * Keeps in mind whether somebody's pictures may hang: #nogallery takes all of them down for good, #gallery hangs them
 * again; without either everything stays as it is.
 */
export function noteGalleryWish(
  database: Database,
  { platform, person }: Person,
  text: string,
): void {
  const wish = /(?<![\p{L}\p{N}_&])#(no)?gallery(?![\p{L}\p{N}_])/iu.exec(text);
  if (wish === null) return;
  database
    .prepare('UPDATE people SET in_gallery = ? WHERE platform = ? AND person = ?')
    .run(wish[1] === undefined ? 1 : 0, platform, person);
}

function asHung({ id, mention, request, answer, createdAt }: Row): Hung {
  return {
    id,
    mention: JSON.parse(mention) as Mention,
    request: JSON.parse(request) as RenderRequest,
    painted: JSON.parse(answer) as PaintedFile,
    createdAt,
  };
}
