import { MastoHttpError } from 'masto';
import { z } from 'zod';
import { withoutSecrets } from '../../log.js';
import { reasonOf } from '../../reason.js';
import { PlatformError } from '../port.js';
import { BareError } from './bounded.js';

/** masto takes for its message whatever JSON the server has under `error`. */
const saidSchema = z.string().catch('without a reason');

/**
 * Does something on a Mastodon server and turns whatever goes wrong into a PlatformError.
 *
 * masto throws a MastoHttpError only for errors that arrive as JSON; an HTML error page from a proxy, a timeout or a
 * broken connection come as all kinds of things, and after those nobody knows whether the server acted.
 */
export async function asking<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw asPlatformError(what, error);
  }
}

function asPlatformError(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  // What the request itself refused to do arrives as fetch's cause.
  if (error instanceof Error && error.cause instanceof PlatformError) return error.cause;
  const options = { cause: error };
  if (error instanceof MastoHttpError) {
    const { statusCode } = error;
    const said = withoutSecrets(saidSchema.parse(error.message));
    const message = `${what}: ${statusCode} ${said}`;
    const reset = resetOf(error);
    // "Your login is currently disabled", "… pending approval": the account is suspended, or not let in yet.
    const isShutOut = statusCode === 403 && /^Your login is\b/i.test(said);
    const kind = isShutOut ? 'fatal' : kindOf(statusCode);
    if (kind === 'later' || (statusCode === 503 && reset))
      return new PlatformError('later', message, reset, options);
    return new PlatformError(kind, message, undefined, options);
  }
  if (error instanceof Error && error.cause instanceof BareError) {
    const { status, isEmpty, message: said } = error.cause;
    // A page is from somebody on the way who has trouble, and says nothing about what was asked for.
    // What is too large is so whoever says it.
    const kind = isEmpty || status === 413 ? kindOf(status) : 'unreachable';
    return new PlatformError(kind, `${what}: ${said}`, undefined, { cause: error.cause });
  }
  if (error instanceof z.ZodError)
    return new PlatformError(
      'unreachable',
      `${what}: not an answer we understand`,
      undefined,
      options,
    );
  const reason = withoutSecrets(whyNoAnswer(error));
  return new PlatformError('unreachable', `${what}: ${reason}`, undefined, options);
}

function kindOf(status: number): PlatformError['kind'] {
  if (status === 401) return 'fatal';
  if (status === 429) return 'later';
  // 408 and 425 are the other client errors that pass: something on the way was too slow, or too early.
  if (status >= 500 || status === 408 || status === 425) return 'unreachable';
  return 'refused';
}

/**
 * Whether a failure says that what was asked for is not there: as the server says such things, or by a page, of which one
 * cannot tell whether it is the server's or of somebody on the way. Nothing else means that something is gone.
 */
export function saysMissing(error: unknown): 'surely' | 'by a page' | undefined {
  const cause = error instanceof PlatformError ? error.cause : undefined;
  const isMissing = (status: number) => status === 404 || status === 410;
  if (cause instanceof MastoHttpError && isMissing(cause.statusCode)) return 'surely';
  return cause instanceof BareError && isMissing(cause.status) ? 'by a page' : undefined;
}

/** `fetch failed` says nothing; what it failed of is in the cause. A TypeError of masto's comes of a page in place of JSON. */
function whyNoAnswer(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error)
    return `${error.message} (${reasonOf(error.cause)})`;
  return error instanceof TypeError ? 'not an answer we understand' : reasonOf(error);
}

/**
 * Mastodon names the time when a rate limit ends as an ISO date. Others, and proxies in front of it, say Retry-After: in
 * seconds, or as a date.
 */
function resetOf({ cause }: MastoHttpError): Date | undefined {
  if (!(cause instanceof Response)) return undefined;
  const header = cause.headers.get('X-RateLimit-Reset') ?? cause.headers.get('Retry-After');
  if (header === null) return undefined;
  const time = /^\d+$/.test(header) ? Date.now() + 1000 * Number(header) : Date.parse(header);
  return Number.isNaN(time) ? undefined : new Date(Math.min(time, 8.64e15));
}
