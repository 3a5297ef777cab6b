import { Agent, type Dispatcher } from 'undici';
import { version } from '../../version.js';
import type { Budget } from './budget.js';

type Handler = Dispatcher.DispatchHandler;

/** A server that does not answer within this time is not going to. Uploads may take a while. */
const TIMEOUT_MS = 60_000;
/**
 * Eighty notifications, or the answers to one mention, are a tenth of this. More would not be safe to read: eight
 * million opening brackets fill 380 MB while they are parsed.
 */
const MAX_ANSWER_BYTES = 8e6;

/** How masto is to ask a server: not for ever, not for everything, and not more often than the budget has it. */
export function bounds(budget?: Budget): {
  readonly timeout: number;
  readonly requestInit: RequestInit;
} {
  return { timeout: TIMEOUT_MS, requestInit: boundedRequests(MAX_ANSWER_BYTES, budget) };
}

/**
 * Gives up on answers that are longer than this. By itself, fetch() reads an answer that never ends until memory does,
 * and unpacks whatever comes packed: what nobody asked for is not unpacked at all.
 */
function boundedRequests(maxBytes: number, budget: Budget | undefined): RequestInit {
  const dispatcher: unknown = new Agent().compose((dispatch) => (options, handler) => {
    const path = options.path.split('?')[0] ?? '';
    budget?.spend(options.method, path);
    return dispatch(
      options,
      bounded(handler, maxBytes, (headers) =>
        budget?.note(options.method, path, {
          remaining: only(headers['x-ratelimit-remaining']),
          reset: only(headers['x-ratelimit-reset']),
        }),
      ),
    );
  });
  return {
    // Node's own undici is older than the package; the package speaks with it, but their types do not.
    dispatcher: dispatcher as NonNullable<RequestInit['dispatcher']>,
    headers: { 'Accept-Encoding': 'identity', 'User-Agent': `pentimento/${version}` },
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function only(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function isJson({ 'content-type': type }: Headers): boolean {
  return /\bjson\b/i.test(only(type) ?? '');
}

/** An error that does not say why in JSON, which is all that masto understands: of it only the status is known. */
export class BareError extends Error {
  override readonly name = 'BareError';
  constructor(
    readonly status: number,
    /** Whether there was nothing at all; otherwise it is a page, as a rule by somebody on the way. */
    readonly isEmpty: boolean,
  ) {
    super(isEmpty ? `${status}, and no reason` : `${status}, and a page for a reason`);
  }
}

function bounded(
  handler: Handler,
  maxBytes: number,
  onHeaders: (headers: Headers) => void,
): Handler {
  let bytes = 0;
  let bareStatus: number | undefined;
  return {
    onRequestStart: (controller, context: unknown) => handler.onRequestStart?.(controller, context),
    onResponseStart: (controller, status, headers, message) => {
      const { 'content-encoding': encoding = 'identity' } = headers;
      if (String(encoding).toLowerCase() !== 'identity')
        throw new Error('a compressed answer that we did not ask for');
      onHeaders(headers);
      // Not passed on, but ended as an error when it is known whether anything follows.
      if (status >= 400 && !isJson(headers)) bareStatus = status;
      else handler.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData: (controller, chunk) => {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error(`an answer of over ${maxBytes} bytes`);
      if (bareStatus === undefined) handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (controller, trailers) => {
      if (bareStatus === undefined) handler.onResponseEnd?.(controller, trailers);
      else handler.onResponseError?.(controller, new BareError(bareStatus, bytes === 0));
    },
    onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
  };
}
