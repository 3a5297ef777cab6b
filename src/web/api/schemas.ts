import { z } from '@hono/zod-openapi';
import { parameterNames, type Sizes } from '../../requests/parameters.js';
import { effects, visibilities } from '../renders/draft.js';
import type { Render } from '../renders/renders.js';
import { settingsSchema } from '../renders/settings.js';

/*
 * What the API answers. These schemas are also what its OpenAPI document is made of.
 */

const states = ['queued', 'painting', 'painted', 'failed', 'cancelled'] as const;

export function renderSchema(sizes: Sizes) {
  return z
    .object({
      id: z
        .string()
        .openapi({ description: 'Nobody can guess it.', example: 'Q2hpYXJvc2N1cm8hISEhIQ' }),
      state: z.enum(states),
      effect: z.enum(effects),
      settings: settingsSchema(sizes).openapi({
        description: 'What was said; the rest is as it is by default.',
      }),
      visibility: z.enum(visibilities),
      createdAt: z.iso.datetime(),
      ahead: z
        .int()
        .min(0)
        .optional()
        .openapi({ description: 'How many come before it, while it is queued.' }),
      secondsLeft: z.int().min(0).optional().openapi({
        description: 'Until it is painted, as far as one can tell; while it is queued.',
      }),
      progress: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .openapi({ description: 'While it is being painted.' }),
      sketch: z
        .string()
        .optional()
        .openapi({ description: 'Where the picture so far is, while it is being painted.' }),
      picture: z
        .object({
          url: z.string(),
          width: z.int(),
          height: z.int(),
          alt: z
            .string()
            .openapi({ description: 'What is to be seen, for those who do not see it.' }),
          sensitive: z
            .boolean()
            .openapi({ description: 'Whether it is to be hidden until one asks to see it.' }),
          seconds: z.number().openapi({ description: 'How long it took to paint.' }),
        })
        .optional()
        .openapi({ description: 'When it is painted.' }),
      problem: z
        .string()
        .optional()
        .openapi({ description: 'Why it failed: a sentence for a person.' }),
    })
    .openapi('Render');
}
export type RenderBody = z.infer<ReturnType<typeof renderSchema>>;

export function renderBody(render: Render): RenderBody {
  const { id, state, request, visibility, createdAt } = render;
  const url = `/api/v1/renders/${id}`;
  const common = {
    id,
    state,
    effect: request.effect,
    settings: request.settings,
    visibility,
    createdAt: new Date(createdAt).toISOString(),
  };
  switch (render.state) {
    case 'queued':
      return { ...common, ahead: render.ahead, secondsLeft: render.seconds };
    case 'painting': {
      const { progress, sketches } = render;
      const sketch = sketches > 0 ? { sketch: `${url}/sketch?${sketches}` } : {};
      return { ...common, progress: Math.min(1, progress), ...sketch };
    }
    case 'painted': {
      const { width, height, alt, sensitive, seconds } = render;
      return {
        ...common,
        picture: { url: `${url}/picture`, width, height, alt, sensitive, seconds },
      };
    }
    case 'failed':
      return { ...common, problem: render.problem };
    case 'cancelled':
      return common;
  }
}

export const styleSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    alt: z.string().openapi({ description: 'What is to be seen on it.' }),
    picture: z.string().openapi({ description: 'Where to see it.' }),
  })
  .openapi('Style');

export const parameterSchema = z
  .object({
    name: z.enum(parameterNames),
    kind: z.enum(['number', 'choice', 'weights']),
    help: z.string(),
    cost: z.string().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    unit: z.enum(['', '%', 'pixels']).optional(),
    choices: z.array(z.string()).optional(),
    default: z.union([z.number(), z.string(), z.array(z.number())]),
  })
  .openapi('Parameter');

export const limitsSchema = z
  .object({
    maxBytesPerPicture: z.int(),
    maxPaintings: z.int(),
    size: z.object({ usual: z.int(), max: z.int() }),
    waiting: z.int().openapi({ description: 'How many of yours wait or are being painted.' }),
    maxWaiting: z.int(),
    maxPerDay: z.int(),
    weight: z
      .number()
      .openapi({ description: 'Your share of the bot’s time, where others have 1.' }),
    retentionDays: z.number().openapi({ description: 'After which pictures are forgotten.' }),
  })
  .openapi('Limits');
