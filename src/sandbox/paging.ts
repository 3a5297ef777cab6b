import { z } from 'zod';
import { toBoundary } from './ids.js';

/** One page of a list that is kept newest first, as a client asked for it. */
export interface Page {
  readonly maxId: string | undefined;
  readonly sinceId: string | undefined;
  readonly minId: string | undefined;
  readonly limit: number;
}

/** What a paged query binds: everything strictly between two ids. */
export interface PageBounds {
  readonly above: string;
  readonly below: string;
  readonly limit: number;
}

const boundary = z
  .string()
  .regex(/^\d{1,64}$/, 'An id must be a decimal number.')
  .transform(toBoundary)
  .optional();

/** Reads `max_id`, `since_id`, `min_id` and `limit`; too large a limit is lowered, as Mastodon does. */
export function pageSchema(limits: { readonly usual: number; readonly most: number }) {
  return z
    .object({
      max_id: boundary,
      since_id: boundary,
      min_id: boundary,
      limit: z.coerce
        .number()
        .int()
        .catch(limits.usual)
        .default(limits.usual)
        .transform((limit) => Math.min(Math.max(limit, 1), limits.most)),
    })
    .transform((query): Page => ({
      maxId: query.max_id,
      sinceId: query.since_id,
      minId: query.min_id,
      limit: query.limit,
    }));
}

/**
 * Runs a paged query. With `since_id` a page is the newest part of what lies above; with `min_id` it is the part
 * *immediately* above, which is what lets a client walk upwards without a gap. Either way newest comes first.
 */
export function readPage<Row>(
  page: Page,
  query: (order: 'ASC' | 'DESC', bounds: PageBounds) => readonly Row[],
): readonly Row[] {
  const bounds: PageBounds = {
    above: page.minId ?? page.sinceId ?? '',
    // A colon sorts right after the digits, that is after every id.
    below: page.maxId ?? ':',
    limit: page.limit,
  };
  return page.minId === undefined ? query('DESC', bounds) : query('ASC', bounds).toReversed();
}

/** The `Link` header with which clients find the pages around this one; undefined for an empty page. */
export function linkHeader(
  requestUrl: string,
  publicUrl: string,
  ids: readonly string[],
): string | undefined {
  const newest = ids.at(0);
  const oldest = ids.at(-1);
  if (newest === undefined || oldest === undefined) return undefined;
  const neighbor = (key: 'max_id' | 'min_id', id: string): string => {
    const { pathname, searchParams } = new URL(requestUrl);
    for (const boundaryKey of ['max_id', 'since_id', 'min_id']) searchParams.delete(boundaryKey);
    searchParams.set(key, id);
    return `${publicUrl}${pathname}?${searchParams.toString()}`;
  };
  return `<${neighbor('max_id', oldest)}>; rel="next", <${neighbor('min_id', newest)}>; rel="prev"`;
}
