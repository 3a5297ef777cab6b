import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesStore } from '../../../src/pictures/files.js';
import { openPictures } from '../../../src/pictures/open.js';
import { openS3 } from '../../../src/pictures/s3.js';
import { keyIn, keyOf, shelfOf } from '../../../src/pictures/store.js';
import { temporaryFolder } from '../../support/folder.js';
import { openAt } from '../../support/queue.js';
import { s3Server } from '../../support/s3-server.js';
import { secret } from '../../support/secrets.js';
import { storeContract } from '../../support/picture-store-contract.js';

const bucket = 'pictures-of-a-bot';
const accessKeyId = 'key-of-the-bot';
const secretAccessKey = secret('access key', 'kept/to+ourselves=9876543210');
const keys = { bucket, accessKeyId, secretAccessKey };

storeContract('files', () => {
  const folder = temporaryFolder();
  const root = join(folder, 'data');
  const leave = () => {
    const away = join(folder, 'elsewhere');
    renameSync(root, away);
    symlinkSync('data', root); // which leads round in a circle
    return Promise.resolve(() => {
      unlinkSync(root);
      renameSync(away, root);
      return Promise.resolve();
    });
  };
  return Promise.resolve({ store: filesStore(root), leave });
});

storeContract('S3', async () => {
  const server = await s3Server(keys);
  const { endpoint, leave } = server;
  const store = await openS3({ endpoint, region: 'here', pathStyle: true, ...keys });
  return { store, leave };
});

describe('the configured store', () => {
  const s3 = { region: 'here', pathStyle: true };

  it('is files where the queue is one, too', async () => {
    const folder = temporaryFolder();
    const database = openAt(join(folder, 'queue.sqlite3'));
    onTestFinished(() => database.close());
    const store = await openPictures({ store: 'auto', s3, folder, database });
    expect(await store.get(keyOf('pictures/1.jpg'))).toBeUndefined();
    await expect(openPictures({ store: 'postgres', s3, folder, database })).rejects.toThrow(
      'DATABASE_URL',
    );
  });

  it('in S3 without its client says what to install', async () => {
    const load = () => Promise.reject(new Error('Cannot find package'));
    await expect(openS3({ ...s3, ...keys }, load)).rejects.toThrow(
      /npm install @aws-sdk\/client-s3$/,
    );
  });
});

it('only our own forms ever become part of a path or an address', () => {
  const id = 'A-_9'.padEnd(22, 'x');
  for (const text of [
    'pictures/12.jpg',
    'pictures/12-0a1b2c3d.jpg',
    `uploads/${id}/photo`,
    `uploads/${id}/painting4`,
    `uploads/${id}/seen.jpg`,
  ])
    expect(keyIn(text)).toBe(text);
  for (const text of [
    '',
    'pictures/',
    'pictures/x.jpg',
    'pictures/0.jpg',
    'pictures/12.jpg/../13.jpg',
    'pictures/12-0a1b2c3.jpg',
    '/pictures/12.jpg',
    'pictures/12.jpg\n',
    `uploads/${id}`,
    `uploads/${id}/`,
    `uploads/${id}/body.json`,
    `uploads/${id}/painting10`,
    `uploads/../${id}/photo`,
    'uploads/../photo',
  ])
    expect(keyIn(text), text).toBeUndefined();
  expect(() => keyOf('pictures/../../etc/passwd')).toThrow();
  for (const id of ['', '..', 'a'.repeat(21), `${'a'.repeat(21)}/`])
    expect(() => shelfOf(id)).toThrow();
});
