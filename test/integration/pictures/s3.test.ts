import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/log.js';
import { openS3, type S3Options } from '../../../src/pictures/s3.js';
import { keyOf, StoreUnreachable } from '../../../src/pictures/store.js';
import { temporaryFolder } from '../../support/folder.js';
import { s3Server, type S3Fault } from '../../support/s3-server.js';
import { secret, secretsIn } from '../../support/secrets.js';

const bucket = 'pictures-of-a-bot';
const accessKeyId = 'key-of-the-bot';
const secretAccessKey = secret('access key', 'kept/to+ourselves=0123456789');
const keys = { bucket, accessKeyId, secretAccessKey };
const one = keyOf('pictures/1.jpg');

async function scene(more: Partial<S3Options> = {}) {
  const server = await s3Server(keys);
  const { endpoint } = server;
  server.objects.set(one, { bytes: Buffer.alloc(500_000, 'a'), at: new Date() });
  const store = await openS3({ endpoint, region: 'here', pathStyle: true, ...keys, ...more });
  const file = join(temporaryFolder(), 'a picture');
  writeFileSync(file, 'another');
  return { server, store, file };
}

/** What is said of a failure, in all detail, and what a log makes of it. */
async function complaint(act: () => Promise<unknown>): Promise<string> {
  const error: unknown = await act().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StoreUnreachable);
  const said = [inspect(error, { depth: Infinity, showHidden: true })];
  createLog('trace', { write: (line) => void said.push(line) }).error({ error });
  return said.join('\n');
}

describe('a storage that speaks S3', () => {
  it('and stumbles is asked again at once', async () => {
    const { server, store, file } = await scene();
    const faults: S3Fault[] = ['unavailable', 'reset'];
    server.fault = () => faults.shift();
    await store.put(one, file);
    expect(String(await store.get(one))).toBe('another');
    expect(server.asked).toEqual([...Array<string>(3).fill(`PUT ${one}`), `GET ${one}`]);
  });

  it.each<[S3Fault, RegExp]>([
    ['unavailable', /SlowDown \(HTTP 503\)/],
    ['reset', /ECONNRESET/],
    ['no bucket', /NoSuchBucket \(HTTP 404\)/],
    ['page', /HTTP 404/],
  ])('and is in trouble for longer (%s) says nothing of what is there', async (fault, reason) => {
    const { server, store, file } = await scene();
    server.fault = () => fault;
    for (const act of [
      () => store.get(one),
      () => store.fetch(one, `${file}.fetched`),
      () => store.copy(one, keyOf('pictures/2.jpg')),
      () => store.put(one, file),
      () => store.remove(one),
      () => store.list('pictures/'),
    ])
      expect(await complaint(act)).toMatch(reason);
    expect(existsSync(file)).toBe(true);
    server.fault = () => undefined;
    expect(await store.get(one)).toHaveLength(500_000);
  });

  it('and breaks off in the middle of a picture has not given half of one', async () => {
    const { server, store, file } = await scene();
    server.fault = () => 'truncated';
    await complaint(() => store.get(one));
    await complaint(() => store.fetch(one, `${file}.fetched`));
    expect(existsSync(`${file}.fetched`)).toBe(false);
  });

  it('and does not answer is not waited for any longer than may be', async () => {
    const { server, store, file } = await scene({ timeoutMs: 300 });
    server.fault = () => 'silent';
    for (const act of [
      () => store.get(one),
      () => store.put(one, file),
      () => store.list('pictures/'),
    ])
      expect(await complaint(act)).toContain('no answer within 300 ms');
  });

  it.each([
    [
      'a wrong secret',
      { secretAccessKey: secret('access key', 'mistyped=9876543210') },
      'SignatureDoesNotMatch',
    ],
    ['an id that it does not know', { accessKeyId: 'key-of-somebody' }, 'InvalidAccessKeyId'],
  ])('and is shown %s says so, and nothing that is written tells a key', async (_, more, code) => {
    const { store, file } = await scene(more);
    for (const act of [
      () => store.get(one),
      () => store.put(one, file),
      () => store.list('uploads/'),
    ]) {
      const said = await complaint(act);
      expect(said).toContain(`${code} (HTTP 403)`);
      expect(secretsIn('it', said)).toEqual([]);
    }
  });

  it('is where things lie that are none of ours: they are passed over', async () => {
    const { server, store } = await scene();
    server.objects.set('pictures/notes.txt', { bytes: Buffer.from('x'), at: new Date() });
    expect((await store.list('pictures/')).map(({ key }) => key)).toEqual([one]);
  });
});
