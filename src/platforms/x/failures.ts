import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import { z } from 'zod';
import { withoutSecrets } from '../../log.js';
import { PlatformError } from '../port.js';

/** What X says in an error, in any of the forms that it has for them. */
const saidSchema = z
  .object({
    title: z.string().optional().catch(undefined),
    detail: z.string().optional().catch(undefined),
    errors: z
      .array(z.object({ message: z.string().optional().catch(undefined) }))
      .optional()
      .catch(undefined),
  })
  .catch({});

/** What X answered. The library's own errors hold the request with its signature, and are not passed on. */
class XError extends Error {
  override readonly name = 'XError';
  constructor(
    /** Of HTTP. */
    readonly status: number,
    said: string,
  ) {
    super(said);
  }
}

/** Does something on X and turns whatever goes wrong into a PlatformError. */
export async function asking<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw asPlatformError(what, error);
  }
}

/** Whether X has surely not done what was asked: it said so, or it was never asked. */
export function surelyUndone(error: unknown): boolean {
  return error instanceof PlatformError && error.kind !== 'unreachable';
}

/** Whether X says that something is not there. */
export function saysMissing(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Whether X says that we have said the same before (403). */
export function saysDuplicate(error: unknown): boolean {
  return statusOf(error) === 403 && /duplicate/i.test((error as Error).message);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof PlatformError && error.cause instanceof XError
    ? error.cause.status
    : undefined;
}

function asPlatformError(what: string, error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof ApiResponseError) return ofAnswer(what, error);
  const reason =
    error instanceof ApiPartialResponseError || isMisread(error)
      ? 'not an answer we understand'
      : error instanceof ApiRequestError
        ? `no answer (${reasonOf(error)})`
        : withoutSecrets(error instanceof Error ? error.message : String(error));
  return new PlatformError('unreachable', `${what}: ${reason}`);
}

/** The library takes a page for JSON and looks into it. */
function isMisread(error: unknown): boolean {
  return error instanceof z.ZodError || error instanceof TypeError || error instanceof SyntaxError;
}

function ofAnswer(what: string, error: ApiResponseError): PlatformError {
  const { code, rateLimit } = error;
  const { title, detail, errors = [] } = saidSchema.parse(error.data);
  const parts = [title, detail, ...errors.map(({ message }) => message)];
  const said = withoutSecrets([...new Set(parts.flatMap((part) => part ?? []))].join(': '));
  const message = `${what}: ${code}${said === '' ? '' : ` ${said}`}`;
  const options = { cause: new XError(code, said) };
  // 402: the credits are used up. Nobody knows when there will be more; each hour is often enough to look.
  if (code === 402)
    return new PlatformError('later', message, new Date(Date.now() + 60 * 60_000), options);
  if (code === 429)
    // A cap on what one month may hold comes with the limits of a quarter of an hour, which say nothing of it.
    return new PlatformError(
      'later',
      message,
      rateLimit?.remaining === 0 ? new Date(rateLimit.reset * 1000) : undefined,
      options,
    );
  return new PlatformError(
    kindOf(code, typeof error.data === 'object'),
    message,
    undefined,
    options,
  );
}

function kindOf(code: number, isJson: boolean): PlatformError['kind'] {
  // A page is from somebody on the way who has trouble, and says nothing about what was asked for, nor about us.
  if (!isJson || code >= 500 || code === 408 || code === 425) return 'unreachable';
  return code === 401 ? 'fatal' : 'refused';
}

/** Why there was no answer; the library keeps it where its types do not show it. */
function reasonOf(error: ApiRequestError): string {
  const hidden: unknown = Object.getOwnPropertyDescriptor(error, '_options')?.value;
  const { error: reason } = z.object({ error: z.instanceof(Error) }).parse(hidden);
  return withoutSecrets(reason.message);
}
