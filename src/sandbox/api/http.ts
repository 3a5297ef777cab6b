import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
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
export interface Viewer {
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

/** Refuses request bodies above a size, while they are coming in. */
export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new ApiError(413, 'What you sent is too large.');
    },
  });
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

/** Reads a body as JSON or as a form, whichever it says it is, into the shape that a schema asks for. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const type = c.req.header('Content-Type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded') {
    const form = await c.req.parseBody().catch(() => {
      throw new ApiError(400, 'The form could not be read.');
    });
    return check(schema, withoutBrackets(form));
  }
  const text = await c.req.text();
  return check(schema, text === '' ? {} : parseJson(text));
}

/** Rails' name for a list in a form ends in brackets. */
function withoutBrackets(form: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(form).map(([key, value]) => [key.replace(/\[\d*\]$/, ''), value]),
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
