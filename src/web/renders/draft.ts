import { z } from '@hono/zod-openapi';
import type { Given, Sizes } from '../../requests/parameters.js';
import { settingsIn, settingsSchema } from './settings.js';

/*
 * What somebody asks for on the page or through the API, before its pictures have become part of a request.
 */

export const effects = ['painting', 'variations', 'dream'] as const;
export const visibilities = ['private', 'public'] as const;

/** Of each painting is fetched, looked at and remembered; and a blend of more looks like none of them. */
export const MOST_PAINTINGS = 4;

const description = z.string().trim().max(1500);

/** What every draft says, however its pictures come. */
export function wishesSchema(sizes: Sizes) {
  return {
    effect: z.enum(effects).default('painting').openapi({
      description:
        'The photo in the manner of the paintings; a sheet of it at several strengths and scales; or a deep dream of it, without a painting.',
    }),
    settings: settingsSchema(sizes).default({}),
    description: description.default('').openapi({
      description: 'What is to be seen in the photo, for the alt text of the picture.',
    }),
    visibility: z.enum(visibilities).default('private').openapi({
      description: 'Whether the picture may hang in the gallery, for everybody to see.',
    }),
  };
}

/** A draft whose pictures, beside those of the house collection, lie in the request's folder already. */
export interface Draft {
  readonly effect: (typeof effects)[number];
  readonly settings: Given;
  readonly description: string;
  readonly visibility: (typeof visibilities)[number];
  /** Each is one of the house collection, by its name, or the how manieth upload. */
  readonly styles: readonly StyleChoice[];
}

export type StyleChoice =
  { readonly house: string } | { readonly upload: number; readonly description: string };

/** What a form says beside its files. @throws z.ZodError */
export function wishesIn(fields: ReadonlyMap<string, readonly string[]>, sizes: Sizes) {
  const text = (name: string) => {
    const said = fields.get(name)?.at(-1)?.trim();
    return said === '' ? undefined : said;
  };
  return z.object(wishesSchema(sizes)).parse({
    effect: text('effect'),
    settings: settingsIn(fields),
    description: text('description'),
    visibility: text('visibility'),
  });
}
