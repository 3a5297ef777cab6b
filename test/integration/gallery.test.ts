import { expect, it } from 'vitest';
import { pentimento } from '../support/command.js';
import { runCounter } from '../support/web/counter.js';
import { painter } from '../support/web/painter.js';
import { visitorAt } from '../support/web/visitor.js';

it('the operator takes a picture out of the gallery while the page is served, and its requester still has it', async () => {
  const counter = await runCounter();
  const visitor = await visitorAt(counter.url);
  const gallery = (...args: readonly string[]) =>
    pentimento(['gallery', ...args], { env: { PENTIMENTO_DATA: counter.folder } });
  expect((await gallery('list')).out).toBe('Nothing hangs in the gallery.\n');
  const asked = { sample: '0', style: 'harbor', visibility: 'public' };
  const id = await visitor.ask(asked);
  await visitor.ask({ ...asked, strength: '80' });
  await painter(counter).paintAll();
  const page = async () => (await fetch(`${counter.url}/gallery`)).text();
  const picture = async () => (await fetch(`${counter.url}/gallery/1`)).status;
  expect(await picture()).toBe(200);
  expect((await gallery('list')).out).toMatch(
    /^ {5}2 {2}[\d-]+ [\d:]+ {2}\S+@web +painting #strength80\n {5}1 {2}.* painting\n$/,
  );

  expect((await gallery('remove', '1')).out).toContain('Whoever asked for it still has it.');
  expect(await picture()).toBe(404);
  expect(await page()).not.toContain('/gallery/1"');
  expect(await page()).toContain('/gallery/2"');
  expect((await visitor.see(`/paintings/${id}/picture`)).status).toBe(200);
  expect(await gallery('remove', '1')).toEqual({
    code: 1,
    out: '',
    err: 'pentimento: request 1 does not hang in the gallery; "pentimento gallery list" shows what does\n',
  });
});
