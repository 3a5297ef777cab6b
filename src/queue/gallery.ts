import type { Mention } from '../platforms/port.js';
import type { RenderRequest } from '../requests/request.js';
import { isBlocked } from './blocks.js';
import type { RequestId } from './desk.js';
import type { Person } from './person.js';
import { listOf, type Sql } from './sql.js';
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
  readonly painted: { readonly type: string } & PaintedFile;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

interface Row {
  readonly id: RequestId;
  readonly platform: string;
  readonly mention: string;
  readonly request: string;
  readonly answer: string;
  readonly createdAt: number;
}

const HUNG = `SELECT id, platform, mention, request, answer, created_at AS "createdAt"
  FROM requests JOIN people USING (platform, person)
  WHERE state = 'answered' AND cost > 0 AND mention ->> 'visibility' = 'public'
    AND in_gallery = 1 AND taken_down = 0`;

/** So many are looked through at a time for those that everybody may see. */
const PAGE = 100;

/** Some of the pictures, newest first: those before one of them, or the newest. */
export async function hung(sql: Sql, before: number, limit: number): Promise<readonly Hung[]> {
  const found: Hung[] = [];
  for (let last = before; ;) {
    const rows = await sql.all<Row>(`${HUNG} AND id < @last ORDER BY id DESC LIMIT ${PAGE}`, {
      last,
    });
    for (const row of rows) {
      const picture = asHung(row);
      if (await isWelcome(sql, row, picture)) found.push(picture);
      if (found.length >= limit) return found;
      last = row.id;
    }
    if (rows.length < PAGE) return found;
  }
}

/** One picture; undefined if it does not hang there, or no longer. */
export async function hungAt(sql: Sql, id: number): Promise<Hung | undefined> {
  const row = await sql.get<Row>(`${HUNG} AND id = @id`, { id });
  const picture = row && asHung(row);
  return picture && (await isWelcome(sql, row, picture)) ? picture : undefined;
}

/** Takes a picture down for good; whoever asked for it still has it. Tells whether it hung there. */
export async function takeDown(sql: Sql, id: number): Promise<boolean> {
  if ((await hungAt(sql, id)) === undefined) return false;
  return (await sql.run('UPDATE requests SET taken_down = 1 WHERE id = @id', { id })) === 1;
}

/**
 * Whether it is for everybody's eyes, and nobody minds whose it is. Asked anew each time, so that a block takes down what hangs
 * already, and its end hangs it again.
 */
async function isWelcome(
  sql: Sql,
  { platform }: Row,
  { mention, painted }: Hung,
): Promise<boolean> {
  if (painted.type !== 'painted' || painted.sensitive === true) return false;
  if (mention.sensitive || mention.spoiler !== '') return false;
  const { picturesOf = [] } = mention;
  for (const { address } of [mention.author, ...picturesOf])
    if (await isBlocked(sql, address)) return false;
  if (picturesOf.length === 0) return true;
  const others = listOf(
    'person',
    picturesOf.map(({ id }) => id),
  );
  const minding = await sql.get(
    `SELECT 1 FROM people
     WHERE platform = @platform AND in_gallery = 0 AND person IN (${others.sql}) LIMIT 1`,
    { platform, ...others.values },
  );
  return minding === undefined;
}

/**
 * Keeps in mind whether somebody's pictures may hang: #nogallery takes all of them down for good, and what
 * others have had made of them; #gallery hangs them again; without either everything stays as it is.
 */
export async function noteGalleryWish(
  sql: Sql,
  { platform, person }: Person,
  text: string,
): Promise<void> {
  const wish = /(?<![\p{L}\p{N}_&])#(no)?gallery(?![\p{L}\p{N}_])/iu.exec(text);
  if (wish === null) return;
  await sql.run(
    'UPDATE people SET in_gallery = @hangs WHERE platform = @platform AND person = @person',
    { hangs: wish[1] === undefined ? 1 : 0, platform, person },
  );
}

function asHung({ id, mention, request, answer, createdAt }: Row): Hung {
  return {
    id,
    mention: JSON.parse(mention) as Mention,
    request: JSON.parse(request) as RenderRequest,
    painted: JSON.parse(answer) as Hung['painted'],
    createdAt,
  };
}
