import { readFile } from 'node:fs/promises';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import {
  parameterHere,
  parameterNames,
  type ParameterName,
  type Sizes,
} from '../../requests/parameters.js';
import { MOST_PAINTINGS } from '../renders/draft.js';
import type { ApiEnv, ApiOptions } from './app.js';
import { pictureResponse } from '../files.js';
import { Problem, problemAnswer as problem } from './problems.js';
import { limitsSchema, parameterSchema, styleSchema } from './schemas.js';

/** What one can ask for, and how much of it. */
export function catalogRoutes(
  app: OpenAPIHono<ApiEnv>,
  { renders, queue, collection, sizes, maxBytes, retentionDays }: ApiOptions,
): void {
  const answering = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
    200: { description, content: { 'application/json': { schema } } },
    401: problem('There is no key, or it does not hold.'),
    503: problem('The bot cannot reach its database at the moment.'),
  });

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/styles',
      operationId: 'listStyles',
      summary: 'The paintings of the house collection',
      responses: answering('By name', z.object({ styles: z.array(styleSchema) })),
    }),
    (c) => {
      const styles = collection.map(({ name, title, alt }) => ({
        name,
        title,
        alt,
        picture: `/api/v1/styles/${name}/picture`,
      }));
      return c.json({ styles }, 200);
    },
  );

  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/v1/styles/{name}/picture',
    operationId: 'getStylePicture',
    summary: 'A painting of the house collection',
    request: { params: z.object({ name: z.string() }) },
    responses: {
      200: {
        description: 'A JPEG',
        content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
      },
      401: problem('There is no key, or it does not hold.'),
      503: problem('The bot cannot reach its database at the moment.'),
      404: problem('There is no such painting.'),
    },
  });
  app.get('/api/v1/styles/:name/picture', async (c) => {
    const painting = collection.find(({ name }) => name === c.req.param('name'));
    const picture = painting && (await readFile(painting.file).catch(() => undefined));
    if (picture === undefined) throw new Problem(404, 'not-found');
    return pictureResponse(picture, 'private, max-age=3600');
  });

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/parameters',
      operationId: 'listParameters',
      summary: 'What can be tuned',
      responses: answering(
        'In the order of the help',
        z.object({ parameters: z.array(parameterSchema) }),
      ),
    }),
    (c) => c.json({ parameters: parameterNames.map((name) => parameterBody(name, sizes)) }, 200),
  );

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/limits',
      operationId: 'getLimits',
      summary: 'How much one may ask for',
      responses: answering('For your key', limitsSchema),
    }),
    async (c) => {
      const client = c.get('client');
      const { waitingPerPerson, perPersonAndDay } = queue.quotas;
      return c.json(
        {
          maxBytesPerPicture: maxBytes,
          maxPaintings: MOST_PAINTINGS,
          size: sizes,
          waiting: await renders.waiting(client),
          maxWaiting: waitingPerPerson,
          maxPerDay: perPersonAndDay,
          weight: client.weight,
          retentionDays,
        },
        200,
      );
    },
  );
}

function parameterBody(name: ParameterName, sizes: Sizes): z.infer<typeof parameterSchema> {
  const parameter = parameterHere(name, sizes);
  const { kind, help, cost } = parameter;
  const common = { name, kind, help, ...(cost !== undefined && { cost }) };
  switch (kind) {
    case 'number': {
      const { min, max, unit, default: byDefault } = parameter;
      return { ...common, min, max, unit, default: byDefault };
    }
    case 'choice':
      return { ...common, choices: Object.keys(parameter.choices), default: parameter.default };
    case 'weights':
      return { ...common, default: [...parameter.default] };
  }
}
