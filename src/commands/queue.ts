import type { Database } from '../queue/sql.js';
import {
  cancel,
  isPaused,
  listed,
  retry,
  setPaused,
  shown,
  tallies,
  type Listed,
} from '../queue/desk.js';
import { placeOf } from '../queue/forecast.js';
import type { State } from '../queue/states.js';
import { duration } from '../replies/sentences.js';
import { asHashtags } from '../requests/parameters.js';
import type { RenderRequest } from '../requests/request.js';
import { withDatabase } from './open.js';

/** `pentimento queue list`: a line for each request, and how many there are. */
export async function queueList({
  state,
  limit,
}: {
  state: State | 'pending';
  limit: number;
}): Promise<void> {
  await withDatabase(async (database) => {
    const found = await listed(database, state, limit);
    for (const request of found) console.log(lineFor(request) + (await waitOf(database, request)));
    const counts = Object.entries(await tallies(database)).filter(([, n]) => n > 0);
    const summary = counts.map(([name, n]) => `${n} ${name}`).join(', ');
    console.log(summary === '' ? 'Nobody has asked for anything yet.' : summary);
    if (await isPaused(database))
      console.log('Painting is paused; "pentimento queue resume" goes on.');
  });
}

/** `pentimento queue show ID`: everything that is known of a request. */
export async function queueShow(id: number): Promise<void> {
  await withDatabase(async (database) => {
    const request = await shown(database, id);
    if (request === undefined) throw unknown(id);
    const place = await placeOf(database, id, Date.now());
    const { replyId, answer, notBefore } = request;
    const lines: readonly (readonly [string, string | undefined])[] = [
      ['request', String(id)],
      ['from', `${request.address ?? '(forgotten)'} on ${request.platform}`],
      ['mention', request.mentionId],
      ['asks for', request.request && asked(request.request)],
      ['state', request.state],
      ['attempts', String(request.attempts)],
      ['asked', new Date(request.createdAt).toISOString()],
      ['changed', new Date(request.changedAt).toISOString()],
      ['not before', notBefore > 0 ? new Date(notBefore).toISOString() : undefined],
      ['ahead', place && String(place.ahead)],
      [
        'done in',
        place &&
          ((await isHeldUp(database, request)) ? PAUSED : `about ${duration(place.seconds)}`),
      ],
      ['answer', answer && JSON.stringify(answer)],
      ['reply', replyId],
    ];
    for (const [name, value] of lines)
      if (value !== undefined) console.log(`${name.padEnd(11)} ${value}`);
  });
}

/** `pentimento queue cancel ID` */
export async function queueCancel(id: number): Promise<void> {
  await withDatabase(async (database) => {
    const request = await shown(database, id);
    if (request === undefined) throw unknown(id);
    if (!(await cancel(database, id, Date.now())))
      throw new Error(`request ${id} is ${request.state} already, so there is nothing to cancel`);
    console.log(`Request ${id} is cancelled. "pentimento queue retry ${id}" takes that back.`);
  });
}

/** `pentimento queue retry ID` */
export async function queueRetry(id: number): Promise<void> {
  await withDatabase(async (database) => {
    const request = await shown(database, id);
    if (request === undefined) throw unknown(id);
    if (request.address === undefined)
      throw new Error(`request ${id} has been forgotten, so it cannot be tried again`);
    if (!(await retry(database, id, Date.now())))
      throw new Error(`request ${id} is ${request.state}, so there is nothing to try again`);
    console.log(`Request ${id} is tried again.`);
  });
}

/** `pentimento queue pause` and `pentimento queue resume` */
export async function queuePause(paused: boolean): Promise<void> {
  await withDatabase((database) => setPaused(database, paused));
  console.log(
    paused
      ? 'Nothing new is painted until "pentimento queue resume". Mentions are still taken in, and answers go out.'
      : 'Painting goes on.',
  );
}

function lineFor({ id, createdAt, state, address, attempts, answer }: Listed): string {
  const asked = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const more = attempts > 1 ? ` (attempt ${attempts})` : '';
  const came = answer === undefined ? '' : `: ${answer.type}`;
  return `${String(id).padStart(6)}  ${asked}  ${(address ?? '(forgotten)').padEnd(32)}  ${state}${came}${more}`;
}

/** A request as one could have written it: "painting #strength80". */
function asked({ effect, settings }: RenderRequest): string {
  return `${effect} ${asHashtags(settings)}`.trim();
}

const PAUSED = 'painting is paused';

/** Whether a pause holds a request up; what is being painted goes on. */
async function isHeldUp(database: Database, { state }: Listed): Promise<boolean> {
  return state === 'queued' && (await isPaused(database));
}

/** When a request will be painted, if it waits for that. */
async function waitOf(database: Database, request: Listed): Promise<string> {
  const { id, state, notBefore } = request;
  const now = Date.now();
  const place = await placeOf(database, id, now);
  const time = new Date(notBefore).toISOString().slice(11, 16);
  const putOff = notBefore > now ? `, not before ${time}` : '';
  if (place === undefined) return state === 'answering' ? putOff : '';
  const when = (await isHeldUp(database, request))
    ? PAUSED
    : `done in about ${duration(place.seconds)}`;
  return `, ${place.ahead} ahead${putOff}, ${when}`;
}

function unknown(id: number): Error {
  return new Error(`there is no request ${id}; "pentimento queue list" shows what there is`);
}
