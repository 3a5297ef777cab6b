import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { lineOf, reasonOf } from '../../src/reason.js';
import { freePort } from '../support/free-port.js';

it('of a host with several addresses, none of which answers, each is told', async () => {
  const port = await freePort();
  const socket = connect({
    port,
    host: 'several.example',
    lookup: (_, __, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]),
  });
  const [error] = (await once(socket, 'error')) as readonly unknown[];
  expect(reasonOf(error)).toBe(
    `connect ECONNREFUSED 127.0.0.1:${port}, connect ECONNREFUSED 127.0.0.2:${port}`,
  );
});

it('what is said in several lines is told in one, if one is wanted', () => {
  const error = new Error('\nthe first says it\nand the second says where');
  expect(reasonOf(error)).toBe(error.message);
  expect(lineOf(error)).toBe('the first says it');
});

it('what is no error says what it is', () => {
  expect(lineOf('a word')).toBe('a word');
});
