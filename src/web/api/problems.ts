import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Log } from '../../log.js';
import { StoreUnreachable } from '../../pictures/store.js';
import { DatabaseAway } from '../../queue/sql.js';
import { IntakeError } from '../renders/intake.js';
import { NoRoom, QuotaExceeded } from '../renders/reception.js';
import { Unpaintable, type Renders } from '../renders/renders.js';

/*
 * What goes wrong, as RFC 9457 has it.
 */

/** Every kind of problem that there is, and its title. */
const titles = {
  'no-key': 'A key is needed',
  'not-found': 'There is nothing here',
  'not-ready': 'The picture is not there yet',
  malformed: 'This cannot be read',
  'too-large': 'This is too large',
  'too-slow': 'This came too slowly',
  unsupported: 'This is not a form or JSON',
  invalid: 'Something in it does not fit',
  quota: 'This is more than the bot takes on',
  'no-room': 'The bot has no room at the moment',
  'store-away': 'Pictures cannot be reached at the moment',
  'database-away': 'The bot cannot reach its database at the moment',
  internal: 'Something went wrong here',
} as const;
export type ProblemKind = keyof typeof titles;

const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:pentimento:problem:quota' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'What does not fit, and where' }),
    quota: z.string().optional().openapi({ description: 'Which quota is reached' }),
  })
  .openapi('Problem');
type ProblemBody = z.infer<typeof problemSchema>;

/** How the document describes an answer that is one. */
export function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemSchema } } };
}

/** Something that is answered with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly status: ContentfulStatusCode,
    readonly kind: ProblemKind,
    readonly detail?: string,
    readonly more: Pick<ProblemBody, 'errors' | 'quota'> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail ?? titles[kind]);
  }
}

/** What a client is told of an error; what it is not told goes to the log. */
export function answerProblem(c: Context, error: unknown, renders: Renders, log: Log): Response {
  const problem = asProblem(error, renders);
  if (error instanceof StoreUnreachable)
    log.warn({ error, path: c.req.path }, 'the pictures cannot be reached');
  if (error instanceof DatabaseAway)
    log.warn({ error, path: c.req.path }, 'the API cannot answer without the database');
  if (problem === undefined) log.error({ error, path: c.req.path }, 'the API failed');
  return problemResponse(problem ?? new Problem(500, 'internal'));
}

function problemResponse({ status, kind, detail, more, headers }: Problem): Response {
  const body: ProblemBody = {
    type: `urn:pentimento:problem:${kind}`,
    title: titles[kind],
    status,
    ...(detail !== undefined && { detail }),
    ...more,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
  });
}

const intakeProblems = {
  'too large': [413, 'too-large'],
  'too slow': [408, 'too-slow'],
  malformed: [400, 'malformed'],
  unsupported: [415, 'unsupported'],
  forged: [403, 'malformed'],
} as const;

function asProblem(error: unknown, renders: Renders): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof IntakeError) {
    const [status, kind] = intakeProblems[error.reason];
    return new Problem(status, kind, error.message);
  }
  if (error instanceof Unpaintable) return new Problem(422, 'invalid', error.message);
  if (error instanceof z.ZodError) {
    const errors = error.issues
      .slice(0, MOST_ERRORS)
      .map(({ path, message }) => ({ path: path.join('.'), message: shortened(message) }));
    return new Problem(422, 'invalid', undefined, { errors });
  }
  if (error instanceof QuotaExceeded) {
    const { quota } = error;
    const sentence = renders.sentenceFor(quota);
    const wait = { 'Retry-After': String(Math.ceil(quota.seconds)) };
    return new Problem(429, 'quota', sentence, { quota: quota.quota }, wait);
  }
  if (error instanceof NoRoom)
    return new Problem(503, 'no-room', undefined, {}, { 'Retry-After': '600' });
  if (error instanceof StoreUnreachable)
    return new Problem(503, 'store-away', undefined, {}, { 'Retry-After': '30' });
  if (error instanceof DatabaseAway)
    return new Problem(503, 'database-away', undefined, {}, { 'Retry-After': '30' });
  return undefined;
}

/** Who sends a million things that do not fit is told of the first, and not word for word. */
const MOST_ERRORS = 20;
const LONGEST_MESSAGE = 300;

function shortened(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}
