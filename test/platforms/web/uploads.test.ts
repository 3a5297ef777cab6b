import { readdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { newRenderId, Uploads } from '../../../src/platforms/web/uploads.js';
import { temporaryFolder } from '../../support/folder.js';

it('all that belongs to a request is removed, also while somebody goes on sketching', async () => {
  const folder = temporaryFolder();
  const uploads = new Uploads(folder);
  for (let time = 0; time < 20; time++) {
    const id = newRenderId();
    const its = await uploads.open(id);
    await writeFile(uploads.file(id, 'photo'), 'a photo');
    const end = new AbortController();
    const sketching = (async () => {
      while (!end.signal.aborted) {
        await writeFile(join(its, '.part'), 'a sketch').catch(() => undefined);
        await rename(join(its, '.part'), join(its, 'sketch.jpg')).catch(() => undefined);
      }
    })();
    await sleep(5);
    await uploads.remove(id);
    end.abort();
    await sketching;
    expect(readdirSync(folder)).toEqual([]);
    await uploads.remove(id); // what is gone already is fine
  }
});
