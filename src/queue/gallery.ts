import type { Database } from 'better-sqlite3';
import type { Mention } from '../platforms/port.js';
import type { RenderRequest } from '../requests/request.js';
import { isBlocked } from './blocks.js';
import type { RequestId } from './desk.js';
import type { Person } from './person.js';
import type { PaintedFile } from './states.js';

/*
 * What hangs in the gallery: pictures that were asked for in public, by people who do not mind and are not blocked, of
 * nobody else's pictures who minds or is blocked, and that the operator has not taken down. What is marked as sensitive,
 * or stands behind a warning, hangs nowhere.
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
    AND in_gallery = 1 AND taken_down = 0
    AND NOT EXISTS (SELECT 1 FROM json_each(mention, '$.picturesOf')
                    JOIN people AS other ON other.person = value ->> '$.id'
                    WHERE other.platform = requests.platform AND other.in_gallery = 0)`;

/** Some of the pictures, newest first: those before one of them, or the newest. */
export function hung(database: Database, before: number, limit: number): readonly Hung[] {
  const rows = database
    .prepare<[number], Row>(`${HUNG} AND id < ? ORDER BY id DESC`)
    .iterate(before);
  const found: Hung[] = [];
  for (const row of rows) {
    const picture = asHung(row);
    if (isWelcome(database, picture)) found.push(picture);
    if (found.length >= limit) break;
  }
  return found;
}

/** One picture; undefined if it does not hang there, or no longer. */
export function hungAt(database: Database, id: number): Hung | undefined {
  const row = database.prepare<[number], Row>(`${HUNG} AND id = ?`).get(id);
  const picture = row && asHung(row);
  return picture && isWelcome(database, picture) ? picture : undefined;
}

/** Takes a picture down for good; whoever asked for it still has it. Tells whether it hung there. */
export function takeDown(database: Database, id: number): boolean {
  if (hungAt(database, id) === undefined) return false;
  return database.prepare('UPDATE requests SET taken_down = 1 WHERE id = ?').run(id).changes === 1;
}

/** Asked anew each time, so that a block takes down what hangs already, and its end hangs it again. */
function isWelcome(database: Database, { mention }: Hung): boolean {
  return [mention.author, ...(mention.picturesOf ?? [])].every(
    ({ address }) => !isBlocked(database, address),
  );
}

/**
 * Keeps in mind whether somebody's pictures may hang: #nogallery takes all of them down for good, and what
 * others have had made of them; #gallery hangs them again; without either everything stays as it is.
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
