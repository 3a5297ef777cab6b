import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/log.js';
import { Metrics } from '../../src/metrics.js';
import type { PictureKey } from '../../src/pictures/store.js';
import { WEB, webPlatform } from '../../src/platforms/web/platform.js';
import { newRenderId, Uploads } from '../../src/platforms/web/uploads.js';
import { requestFor } from '../../src/queue/desk.js';
import { forgetNow } from '../../src/queue/retention.js';
import { RenderPool } from '../../src/render/pool.js';
import { renderStage, type RenderingOptions } from '../../src/stages/rendering.js';
import { mentionOf } from '../support/fixtures.js';
import { temporaryFolder } from '../support/folder.js';
import { MemoryPictures } from '../support/memory-pictures.js';
import { LEASE_MS, newPlace, queueAt } from '../support/queue.js';

const plain = { create: { width: 64, height: 48, channels: 3, background: 'teal' } } as const;
const photo = await sharp(plain).png().toBuffer();

/** A painter for what has been asked for on our own page. */
async function painter(pictures = new MemoryPictures()) {
  const folder = temporaryFolder();
  const queue = queueAt(newPlace());
  const uploads = new Uploads(pictures, join(folder, 'arriving'));
  const id = newRenderId();
  writeFileSync(join(await uploads.open(id), 'photo'), photo);
  await uploads.keep(id);
  const content = uploads.attachment(id, 'photo', '');
  const asked = {
    effect: 'painting',
    content,
    styles: [content],
    settings: {},
    notes: [],
  } as const;
  await queue.admit(WEB, mentionOf(id), { request: asked, cost: 1 });
  const log = createLog('silent');
  const pool = new RenderPool({
    workers: 1,
    studio: { network: 'auto', device: 'auto' },
    gpus: [],
    silenceMs: 60_000,
    jobMs: 600_000,
    memoryBytes: 4e9,
    log,
  });
  onTestFinished(() => pool.close());
  const options: RenderingOptions = {
    platforms: [webPlatform(uploads)],
    queue,
    pool,
    pictures,
    folder,
    sizes: { usual: 64, max: 64 },
    collection: [],
    safety: { porn: 'off', hentai: 'off', sexy: 'off', threshold: 0.5 },
    othersPictures: false,
    maxDownloadBytes: 1e6,
    attempts: 3,
    heartbeatMs: LEASE_MS / 3,
    onProgress: () => undefined,
    metrics: new Metrics(() => Promise.resolve({})),
    log,
  };
  const start = () => {
    const end = new AbortController();
    const running = renderStage(options, end.signal);
    return () => (end.abort(), running);
  };
  return { id, queue, pictures, uploads, start };
}

it('a request whose pictures cannot be reached is handed back, and none of its attempts is used up', async () => {
  const { queue, pictures, start } = await painter();
  pictures.isAway = true;
  const stop = start();
  const sql = 'SELECT state, attempts, deferred, lease_token AS token FROM requests';
  await vi.waitFor(async () =>
    expect(await queue.database.all(sql)).toEqual([
      { state: 'queued', attempts: 0, deferred: 1, token: null },
    ]),
  );
  expect(pictures.refusals).toBeGreaterThan(0);
  await stop();
});

/** A store in which something happens just before a sketch arrives. */
class Eventful extends MemoryPictures {
  beforeSketch: () => Promise<void> = () => Promise.resolve();
  readonly arrived: string[] = [];

  override async put(key: PictureKey, file: string): Promise<void> {
    if (key.endsWith('/sketch.jpg')) await this.beforeSketch();
    await super.put(key, file);
    this.arrived.push(key);
  }
}

it('nothing that is shown stays of a request that its owner removes while it is being painted', async () => {
  const pictures = new Eventful();
  const { id, queue, uploads, start } = await painter(pictures);
  // As from the page.
  pictures.beforeSketch = async () => {
    const request = await requestFor(queue.database, WEB, id);
    await queue.cancel(WEB, id);
    if (request !== undefined) await forgetNow(queue.database, pictures, request);
    await uploads.remove(id);
    expect([...pictures.all.keys()]).toEqual([]);
  };
  const stop = start();
  const patient = { timeout: 60_000 };
  await vi.waitFor(() => expect(pictures.arrived).toContain(`uploads/${id}/sketch.jpg`), patient);
  await vi.waitFor(() => expect([...pictures.all.keys()]).toEqual([]), patient);
  await stop();
});
