import sharp from 'sharp';
import { expect, it } from 'vitest';
import { MemoryPictures } from '../../support/memory-pictures.js';
import { runCounter } from '../../support/web/counter.js';
import { painter } from '../../support/web/painter.js';
import { visitorAt } from '../../support/web/visitor.js';

const create = { width: 64, height: 48, channels: 3, background: 'teal' } as const;
const photo = new Blob([new Uint8Array(await sharp({ create }).jpeg().toBuffer())]);

it('while pictures cannot be reached, the API says so to programs, and when to come back', async () => {
  const pictures = new MemoryPictures();
  const counter = await runCounter({ pictures });
  const key = await counter.key('ada');
  const create = () => {
    const body = new FormData();
    body.set('photo', photo, 'photo');
    body.set('style', 'harbor');
    return counter.ask(key, '/renders', { method: 'POST', body });
  };
  const { id } = (await (await create()).json()) as { readonly id: string };
  await painter(counter).paintAll();
  const see = () => counter.ask(key, `/renders/${id}/picture`);
  pictures.isAway = true;
  for (const response of [await create(), await see()]) {
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '30']);
    expect(await response.json()).toMatchObject({
      type: 'urn:pentimento:problem:store-away',
      title: 'Pictures cannot be reached at the moment',
    });
  }
  const { renders } = (await (await counter.ask(key, '/renders')).json()) as { renders: unknown[] };
  expect(renders, 'nothing came of what could not be kept').toHaveLength(1);
  pictures.isAway = false;
  expect((await see()).status).toBe(200);
});

it('while pictures cannot be reached, the page says so to people', async () => {
  const pictures = new MemoryPictures();
  const counter = await runCounter({ pictures });
  const { send, see } = await visitorAt(counter.url);
  const asked = { photo, style: 'harbor' };
  const path = (await send(asked)).headers.get('Location') ?? '';
  expect(path).toMatch(/^\/paintings\//);
  await painter(counter).paintAll();
  pictures.isAway = true;
  const refused = await send(asked);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain(
    'Pictures cannot be kept at the moment. Please come back later.',
  );
  const missing = await see(`${path}/picture`);
  expect([missing.status, missing.headers.get('Retry-After'), await missing.text()]).toEqual([
    503,
    '30',
    'The pictures cannot be reached at the moment. Please try again.\n',
  ]);
  pictures.isAway = false;
  expect((await see(`${path}/picture`)).status).toBe(200);
});
