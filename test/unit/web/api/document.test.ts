import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { parameterNames } from '../../../../src/requests/parameters.js';
import { runCounter } from '../../../support/web/counter.js';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>;
}

it('the document is valid OpenAPI 3.1, and names every address and every parameter', async () => {
  const { url } = await runCounter();
  const text = await (await fetch(`${url}/api/v1/openapi.json`)).text();
  const document = JSON.parse(text) as Document;
  expect(document.openapi).toBe('3.1.0');
  const { valid, errors } = await new Validator().validate(
    JSON.parse(text) as Record<string, unknown>,
  );
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  const operations = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(operations.toSorted()).toEqual(
    [
      'cancelRender',
      'createRender',
      'deleteRender',
      'getLimits',
      'getPicture',
      'getRender',
      'getSketch',
      'getStylePicture',
      'listParameters',
      'listRenders',
      'listStyles',
      'watchRender',
    ].toSorted(),
  );
  for (const name of parameterNames) expect(text).toContain(`"${name}":{`);
});
