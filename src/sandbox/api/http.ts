import type { ReadableStream } from 'node:stream/web';
import type { Context, MiddlewareHandler } from 'hono';
import { bufferToFormData } from 'hono/utils/buffer';
import { z } from 'zod';
import type { AccountRow } from '../accounts.js';
import type { Entities } from '../entities.js';
import { ApiError } from '../errors.js';
import { linkHeader, pageSchema, type Page } from '../paging.js';
import type { Stores } from '../stores.js';
import type { Streaming } from '../streaming.js';

/** What every part of the API works with. */
export interface Sandboxed {
  readonly stores: Stores;
  readonly entities: Entities;
  readonly streaming: Streaming;
  readonly url: () => string;
}

/** Who asks: an account, an application on nobody's behalf, or (without a token) anybody. */
interface Viewer {
  readonly account: AccountRow | undefined;
  readonly applicationId: string | null;
}

export interface ApiEnv {
  Variables: { viewer: Viewer };
}

/** Reads the bearer token. A token that does not hold is refused even where none is needed, as Mastodon does. */
export function authenticate({ stores }: Sandboxed): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const token = /^Bearer (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    const holder = token === undefined ? undefined : stores.accounts.holderOf(token);
    if (token !== undefined && holder === undefined) {
      throw new ApiError(401, 'The access token is invalid');
    }
    const accountId = holder?.accountId;
    c.set('viewer', {
      account: accountId ? stores.accounts.byId(accountId) : undefined,
      applicationId: holder?.applicationId ?? null,
    });
    await next();
  };
}

/** The account that asks; whoever has none is refused. */
export function requireAccount(c: Context<ApiEnv>): AccountRow {
  const { account } = c.get('viewer');
  if (account === undefined) throw new ApiError(401, 'The access token is invalid');
  return account;
}

/** The id of the account that asks; null if nobody is signed in. */
export function viewerId(c: Context<ApiEnv>): string | null {
  return c.get('viewer').account?.id ?? null;
}

/** Checks a value from outside; a value that does not fit is refused with the reason. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new ApiError(
    422,
    `Validation failed: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'invalid input'}`,
  );
}

/** Text needs no more than this; only pictures do. */
const textLimit = 256 * 1024;

/** Reads a body as JSON or as a form, whichever it says it is, into the shape that a schema asks for. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  maxSize = textLimit,
): Promise<z.output<Schema>> {
  const data = await readBytes(c.req.raw, maxSize);
  const type = c.req.header('Content-Type') ?? '';
  if (/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type)) {
    const form = await bufferToFormData(data.buffer, type).catch(() => {
      throw new ApiError(400, 'The form could not be read.');
    });
    return check(schema, fieldsOf(form));
  }
  const text = new TextDecoder().decode(data);
  return check(schema, text === '' ? {} : parseJson(text));
}

/** Reads a body to its end, or refuses it as soon as it proves too large. */
async function readBytes(request: Request, maxSize: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new ApiError(413, 'What you sent is too large.');
  if (Number(request.headers.get('Content-Length')) > maxSize) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: ReadableStream<Uint8Array> | null = request.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxSize) throw tooLarge();
    chunks.push(chunk);
  }
  // A buffer of its own: Node's small ones share theirs with each other.
  return Uint8Array.from(Buffer.concat(chunks));
}

/** The fields of a form. Rails' name for a list ends in brackets. */
function fieldsOf(form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((key) => {
      const isList = key.endsWith('[]');
      return [key.replace(/\[\]$/, ''), isList ? form.getAll(key) : form.get(key)];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'The body is not valid JSON.');
  }
}

/** In forms and query strings everything is text. */
export const flag = z.union([
  z.boolean(),
  z.enum(['true', '1', 'on']).transform(() => true),
  z.enum(['false', '0', 'off', '']).transform(() => false),
]);

/** The page that a request asks for. */
export function readPageQuery(c: Context, limits: { usual: number; most: number }): Page {
  return check(pageSchema(limits), c.req.query());
}

/** Answers with one page of a list, and with links to the pages next to it. */
export function pageOf(
  c: Context,
  { url }: Sandboxed,
  rows: readonly { readonly id: string }[],
  entities: readonly object[],
): Response {
  const links = linkHeader(
    c.req.url,
    url(),
    rows.map((row) => row.id),
  );
  if (links !== undefined) c.header('Link', links);
  return c.json(entities);
}
