import { copyFile } from 'node:fs/promises';
import { z } from '@hono/zod-openapi';
import type { Context, Hono } from 'hono';
import { StoreUnreachable } from '../pictures/store.js';
import { isRenderId, type RenderId } from '../platforms/web/uploads.js';
import { parameterHere, parameterNames, type Given, type Sizes } from '../requests/parameters.js';
import { stylesOf } from '../requests/request.js';
import type { WebAppOptions } from './app.js';
import { pictureResponse } from './files.js';
import { chosenFor, chosenIn, type Chosen } from './chosen.js';
import { controls } from './form.js';
import { streamRender } from './renders/events.js';
import type { Draft } from './renders/draft.js';
import { IntakeError } from './renders/intake.js';
import { NoRoom, QuotaExceeded } from './renders/reception.js';
import { Unpaintable, type Render } from './renders/renders.js';
import { isOwnForm, sessionOf, type Session } from './session.js';
import { layout } from './views/layout.js';
import { easel } from './views/paint.js';
import { missingView, paintingView, titleOf } from './views/painting.js';

type Asked = 'painting' | 'dream';

/** How many of one's own are shown under the form. */
const OWN = 12;

/** To ask for a picture, to watch it come, to have it, to be rid of it. */
export function paintingRoutes(app: Hono, options: WebAppOptions): void {
  const { renders, reception, feed, uploads, samples, collection, sizes, sandbox } = options;
  const hasSandbox = sandbox !== undefined;
  const all = controls(sizes).filter(({ kind }) => kind !== 'action');
  // A dream has no painting to blend, and no mind for faces.
  const ofDreams = all.filter(({ name }) => name !== 'faces');

  const form = async (
    c: Context,
    session: Session,
    effect: Asked,
    more: { again?: Render | undefined; chosen?: Chosen; problem?: string } = {},
    status: 200 | 400 | 408 | 413 | 415 | 422 | 429 | 503 = 200,
  ) => {
    const isDream = effect === 'dream';
    c.header('Cache-Control', 'no-store');
    return c.html(
      layout({
        title: isDream ? 'Dream' : 'Pentimento',
        view: isDream ? 'dream' : 'paint',
        hasSandbox,
        styles: ['paint'],
        scripts: ['paint'],
        main: easel({
          effect,
          csrf: session.csrf,
          samples,
          collection,
          controls: isDream ? ofDreams : all,
          chosen: more.again ? chosenFor(more.again) : { settings: {} },
          own: more.again ? [] : await renders.list(session.client, OWN),
          ...more,
        }),
      }),
      status,
    );
  };

  const missing = (c: Context) => {
    c.header('Cache-Control', 'no-store');
    const main = missingView();
    return c.html(layout({ title: 'No such picture', hasSandbox, styles: ['render'], main }), 404);
  };

  /** What of an earlier picture is used again, where nothing else was chosen. */
  const reuse = async (id: RenderId, earlier: Render, hasPhoto: boolean, draft: () => Draft) => {
    const take = async (...which: Parameters<typeof uploads.copy>) => {
      if (!(await uploads.copy(...which)))
        throw new Unpaintable('The photo is not here any more. Please choose it again.');
    };
    const { content } = earlier.request;
    if (!hasPhoto && content.kind !== 'house') await take(content, id, 'photo');
    const asked = draft();
    // The same photo shows the same things.
    const isDescribed = hasPhoto || asked.description !== '';
    const drawn = isDescribed ? asked : { ...asked, description: content.description };
    if (drawn.effect === 'dream' || drawn.styles.length > 0) return drawn;
    const styles: Draft['styles'][number][] = [];
    for (const style of stylesOf(earlier.request)) {
      if (style.kind === 'house') styles.push({ house: style.name });
      else {
        const upload = styles.length + 1;
        await take(style, id, `painting${upload}`);
        styles.push({ upload, description: style.description });
      }
    }
    return { ...drawn, styles };
  };

  const ask = async (c: Context, effect: Asked) => {
    const session = sessionOf(c, options);
    const { client } = session;
    const said = new Map<string, readonly string[]>();
    const rules = {
      fields: said,
      first: (field: string, value: string) => {
        if (field !== 'csrf' || !isOwnForm(session, value))
          throw new IntakeError('forged', 'This form has grown old. Please send it once more.');
      },
    };
    try {
      const id = await reception.take(client, async (id) => {
        const received = await reception.receive(id, c.req.raw, rules);
        const { files } = received;
        const fields = new Map(received.fields);
        if (effect === 'dream') fields.set('effect', ['dream']);
        const again = await renders.find(client, fields.get('again')?.[0] ?? '');
        let hasPhoto = files.some(({ field }) => field === 'photo');
        const sample = samples[Number(fields.get('sample')?.[0] ?? NaN)];
        if (!hasPhoto && sample !== undefined) {
          await copyFile(sample.file, uploads.file(id, 'photo'));
          if (!fields.get('description')?.[0]) fields.set('description', [sample.alt]);
          hasPhoto = true;
        }
        // A painting of one's own comes in place of one of ours, which may still be marked.
        if (files.some(({ field }) => field === 'style')) fields.delete('style');
        const photo = { field: 'photo', file: '' };
        const draft = () => spoken(reception.draftOf({ fields, files: [photo, ...files] }), sizes);
        if (again !== undefined) return reuse(id, again, hasPhoto, draft);
        if (!hasPhoto) throw new Unpaintable('A photo is needed: choose one, or one of ours.');
        return draft();
      });
      return c.redirect(`/paintings/${id}`, 303);
    } catch (error) {
      const [status, problem] = refusalOf(error, (quota) => renders.sentenceFor(quota));
      // Where there was no room for anything, it has not been read yet.
      if (!c.req.raw.bodyUsed) await reception.skim(c.req.raw, rules);
      const again = await renders.find(client, said.get('again')?.[0] ?? '');
      const chosen = said.size > 0 ? { chosen: chosenIn(said) } : {};
      return form(c, session, effect, { again, problem, ...chosen }, status);
    }
  };

  for (const [path, effect] of [
    ['/', 'painting'],
    ['/dream', 'dream'],
  ] as const) {
    app.get(path, (c) => form(c, sessionOf(c, options), effect));
    app.post(path, (c) => ask(c, effect));
  }

  app.get('/paintings/:id', async (c) => {
    const { client, csrf } = sessionOf(c, options);
    const render = await renders.find(client, c.req.param('id'));
    if (render === undefined) return missing(c);
    const isUnderWay = render.state === 'queued' || render.state === 'painting';
    c.header('Cache-Control', 'no-store');
    return c.html(
      layout({
        title: titleOf(render.request),
        hasSandbox,
        styles: ['render'],
        scripts: ['render'],
        refresh: isUnderWay ? 5 : undefined,
        main: paintingView(render, csrf),
      }),
    );
  });
  app.get('/paintings/:id/again', async (c) => {
    const session = sessionOf(c, options);
    const again = await renders.find(session.client, c.req.param('id'));
    if (again === undefined) return missing(c);
    return form(c, session, again.request.effect === 'dream' ? 'dream' : 'painting', { again });
  });
  app.get('/paintings/:id/events', async (c) => {
    const { client } = sessionOf(c, options);
    const id = c.req.param('id');
    if ((await renders.find(client, id)) === undefined) return c.notFound();
    return streamRender(c, feed, id, () => renders.find(client, id), newsOf);
  });
  for (const which of ['picture', 'photo', 'sketch'] as const)
    app.get(`/paintings/:id/${which}`, async (c) => {
      const found = await renders.picture(sessionOf(c, options).client, c.req.param('id'), which);
      const name = c.req.query('download') === undefined ? undefined : 'pentimento.jpg';
      if (found === undefined) return c.notFound();
      return pictureResponse(
        found,
        which === 'sketch' ? 'no-store' : 'private, max-age=3600',
        name,
      );
    });
  for (const [verb, act] of [
    [
      'cancel',
      async (session: Session, id: string) =>
        Promise.resolve(await renders.cancel(session.client, id)),
    ],
    ['delete', (session: Session, id: string) => renders.remove(session.client, id)],
  ] as const)
    app.post(`/paintings/:id/${verb}`, async (c) => {
      const session = sessionOf(c, options);
      const id = c.req.param('id');
      const csrf = await csrfIn(c);
      if (!isOwnForm(session, csrf)) return c.text('This form has grown old.\n', 403);
      if (!isRenderId(id) || !(await act(session, id))) return missing(c);
      return c.redirect(verb === 'cancel' ? `/paintings/${id}` : '/', 303);
    });
}

/** What the page's script is told. */
function newsOf(render: Render): object {
  return render.state === 'painting'
    ? { state: render.state, progress: render.progress, sketches: render.sketches }
    : render.state === 'queued'
      ? { state: render.state, ahead: render.ahead }
      : { state: render.state };
}

/** A form sends every field; what is as it is by default was not said. */
function spoken(draft: Draft, sizes: Sizes): Draft {
  const said = parameterNames.filter((name) => {
    const value = draft.settings[name];
    return value !== undefined && String(value) !== String(parameterHere(name, sizes).default);
  });
  const settings = Object.fromEntries(said.map((name) => [name, draft.settings[name]])) as Given;
  return { ...draft, settings };
}

const statusOf = {
  'too large': 413,
  'too slow': 408,
  malformed: 400,
  unsupported: 415,
  forged: 400,
} as const;

/** Why nothing came of what was sent, in a sentence for the person. @throws what is our own fault */
function refusalOf(
  error: unknown,
  sentenceFor: (quota: QuotaExceeded['quota']) => string,
): readonly [400 | 408 | 413 | 415 | 422 | 429 | 503, string] {
  if (error instanceof IntakeError) return [statusOf[error.reason], error.message];
  if (error instanceof Unpaintable) return [422, error.message];
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return [
      422,
      `${issue?.path.at(-1)?.toString() ?? 'Something'}: ${issue?.message ?? 'does not fit'}`,
    ];
  }
  if (error instanceof QuotaExceeded) return [429, sentenceFor(error.quota)];
  if (error instanceof NoRoom)
    return [503, 'There is no room at the moment. Please come back later.'];
  if (error instanceof StoreUnreachable)
    return [503, 'Pictures cannot be kept at the moment. Please come back later.'];
  throw error;
}

/** The token of a small form; a body that is none has none. */
async function csrfIn(c: Context): Promise<string> {
  const length = Number(c.req.header('Content-Length') ?? NaN);
  if (!(length <= 1000)) return '';
  const body = await c.req.parseBody().catch(() => ({ csrf: '' }));
  return typeof body.csrf === 'string' ? body.csrf : '';
}
