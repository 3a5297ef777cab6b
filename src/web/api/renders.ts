import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Render } from '../renders/renders.js';
import { pictureResponse } from '../files.js';
import { wishesSchema, MOST_PAINTINGS } from '../renders/draft.js';
import { streamRender } from '../renders/events.js';
import { jsonDraftSchema } from '../renders/reception.js';
import type { ApiEnv, ApiOptions } from './app.js';
import { Problem, problemAnswer as problem } from './problems.js';
import { renderBody, renderSchema } from './schemas.js';

/** How many of one's own are told at once. */
const MOST_LISTED = 100;

const unauthorized = problem('There is no key, or it does not hold.');
const foreign = problem('A web page elsewhere asks, from an origin that is not invited.');
const away = problem('The bot cannot reach its database at the moment.');
const missing = problem('There is no such request, or it is somebody else’s.');
const picture = (description: string) => ({
  description,
  content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } as const } },
});

/** Requests: to make one, to see how it comes along, to have its picture, to end it. */
export function renderRoutes(
  app: OpenAPIHono<ApiEnv>,
  { renders, reception, feed, sizes }: ApiOptions,
): void {
  const Render = renderSchema(sizes);
  const one = {
    200: { description: 'The request', content: { 'application/json': { schema: Render } } },
  };
  const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) });
  const common = { 401: unauthorized, 404: missing, 503: away };

  // Its body goes straight to the disk, so it is described here and not read by the framework.
  const { settings, ...wishes } = wishesSchema(sizes);
  const file = z.string().openapi({ format: 'binary' });
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/api/v1/renders',
    operationId: 'createRender',
    summary: 'Ask for a picture',
    request: {
      body: {
        required: true,
        content: {
          'application/json': { schema: jsonDraftSchema(sizes).openapi('Draft') },
          'multipart/form-data': {
            schema: z.object({
              photo: file,
              style: z
                .union([file, z.string(), z.array(z.union([file, z.string()])).max(MOST_PAINTINGS)])
                .optional()
                .openapi({
                  description:
                    'Paintings, as files or by the names of ours; up to four are blended, files first.',
                }),
              ...wishes,
              ...settings.unwrap().def.in.shape,
            }),
          },
        },
      },
    },
    responses: {
      201: {
        description: 'It is in the line.',
        headers: { Location: { description: 'Where it is', schema: { type: 'string' } } },
        content: { 'application/json': { schema: Render } },
      },
      400: problem('The body cannot be read.'),
      401: unauthorized,
      403: foreign,
      408: problem('The body came too slowly.'),
      413: problem('A picture is too large.'),
      415: problem('The body is neither multipart/form-data nor JSON.'),
      422: problem('Something in it does not fit.'),
      429: problem('A quota is reached; Retry-After tells when it is worth coming back.'),
      503: problem(
        'The disk is nearly full, or pictures or the database cannot be reached at the moment.',
      ),
    },
  });
  app.post('/api/v1/renders', async (c) => {
    const client = c.get('client');
    const isJson = /^application\/json\b/i.test(c.req.header('Content-Type') ?? '');
    const id = await (isJson
      ? reception.json(client, c.req.raw)
      : reception.form(client, c.req.raw));
    const render = found(await renders.find(client, id));
    return c.json(renderBody(render), 201, { Location: `/api/v1/renders/${id}` });
  });

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/renders',
      operationId: 'listRenders',
      summary: 'The newest of your own requests',
      responses: {
        200: {
          description: 'Newest first',
          content: { 'application/json': { schema: z.object({ renders: z.array(Render) }) } },
        },
        401: unauthorized,
        503: away,
      },
    }),
    async (c) => {
      const own = await renders.list(c.get('client'), MOST_LISTED);
      return c.json({ renders: own.map(renderBody) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/renders/{id}',
      operationId: 'getRender',
      summary: 'How a request is coming along',
      request: { params },
      responses: { ...one, ...common },
    }),
    async (c) =>
      c.json(renderBody(found(await renders.find(c.get('client'), c.req.valid('param').id))), 200),
  );

  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/v1/renders/{id}/events',
    operationId: 'watchRender',
    summary:
      'The same, live: Server-Sent Events named “state”, each with a Render, until it comes to an end; or “gone”, if it is deleted',
    request: { params },
    responses: {
      200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } },
      ...common,
    },
  });
  app.get('/api/v1/renders/:id/events', async (c) => {
    const id = c.req.param('id');
    const client = c.get('client');
    found(await renders.find(client, id));
    return streamRender(c, feed, id, () => renders.find(client, id), renderBody);
  });

  for (const [which, summary, operationId] of [
    ['picture', 'The painted picture', 'getPicture'],
    ['sketch', 'The picture so far, while it is being painted', 'getSketch'],
  ] as const) {
    app.openAPIRegistry.registerPath({
      method: 'get',
      path: `/api/v1/renders/{id}/${which}`,
      operationId,
      summary,
      request: { params },
      responses: {
        200: picture('A JPEG'),
        ...common,
        409: problem('It is not there yet, or never will be.'),
        503: problem('Pictures or the database cannot be reached at the moment.'),
      },
    });
    app.get(`/api/v1/renders/:id/${which}`, async (c) => {
      const client = c.get('client');
      const id = c.req.param('id');
      const render = found(await renders.find(client, id));
      const bytes = await renders.picture(client, id, which);
      if (bytes === undefined)
        throw new Problem(409, 'not-ready', `The request is ${render.state}.`);
      return pictureResponse(bytes, which === 'picture' ? 'private, max-age=3600' : 'no-store');
    });
  }

  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/renders/{id}/cancel',
      operationId: 'cancelRender',
      summary: 'End a request; what is painted already stays',
      request: { params },
      responses: { ...one, ...common, 403: foreign },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      await renders.cancel(c.get('client'), id);
      return c.json(renderBody(found(await renders.find(c.get('client'), id))), 200);
    },
  );

  app.openapi(
    createRoute({
      method: 'delete',
      path: '/api/v1/renders/{id}',
      operationId: 'deleteRender',
      summary: 'End a request, and forget it with its pictures',
      request: { params },
      responses: { 204: { description: 'It is gone.' }, ...common, 403: foreign },
    }),
    async (c) => {
      if (!(await renders.remove(c.get('client'), c.req.valid('param').id)))
        throw new Problem(404, 'not-found');
      return c.body(null, 204);
    },
  );
}

function found(render: Render | undefined): Render {
  if (render === undefined) throw new Problem(404, 'not-found');
  return render;
}
