import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { keyOf, StoreUnreachable, type PictureKey } from '../../../src/pictures/store.js';
import { Showing } from '../../../src/stages/showing.js';
import { temporaryFolder } from '../../support/folder.js';
import { MemoryPictures } from '../../support/memory-pictures.js';

const ID = 'a'.repeat(22);
const photo = keyOf(`uploads/${ID}/seen.jpg`);
const sketch = keyOf(`uploads/${ID}/sketch.jpg`);

/** A store in which nothing arrives before the test says so. */
class SlowPictures extends MemoryPictures {
  arrive: Promise<void> = Promise.resolve();

  override async put(key: PictureKey, file: string): Promise<void> {
    await this.arrive;
    await super.put(key, file);
  }
}

/** A painter who sketches, and what whoever watches is told, with what is in the store then. */
function scene() {
  const pictures = new SlowPictures();
  const inStore = (key: PictureKey) => pictures.all.get(key)?.bytes.toString();
  const told: { readonly sketches: number; readonly sees: string | undefined }[] = [];
  const showing = new Showing(pictures, { photo, sketch }, temporaryFolder(), (_, sketches) =>
    told.push({ sketches, sees: inStore(sketch) }),
  );
  writeFileSync(showing.files.photo, 'the photo');
  const paint = (sketches: number) => {
    writeFileSync(showing.files.sketch, `sketch ${sketches}`);
    showing.progress({ fraction: sketches / 10, sketches });
  };
  return { pictures, inStore, showing, told, paint };
}

it('a sketch is told of when it is in the store, and the photo with it', async () => {
  const { showing, told, paint, inStore } = scene();
  paint(1);
  await showing.settled();
  expect(told).toEqual([
    { sketches: 0, sees: undefined },
    { sketches: 1, sees: 'sketch 1' },
  ]);
  expect(inStore(photo)).toBe('the photo');
  showing.progress({ fraction: 0.2, sketches: 1 });
  await showing.settled();
  expect(told.at(-1), 'no new one').toEqual({ sketches: 1, sees: 'sketch 1' });
  paint(2);
  await showing.settled();
  expect(told.at(-1)).toEqual({ sketches: 2, sees: 'sketch 2' });
});

it('a sketch that comes while another one is on its way is passed over for the next', async () => {
  const { pictures, showing, told, paint } = scene();
  let arrive: () => void = () => undefined;
  pictures.arrive = new Promise((resolve) => (arrive = resolve));
  paint(1);
  showing.progress({ fraction: 0.2, sketches: 2 });
  arrive();
  await showing.settled();
  paint(3);
  await showing.settled();
  expect(told.map(({ sketches }) => sketches)).toEqual([0, 0, 1, 1, 3]);
});

it('a sketch that cannot be shown is not told of, and fails nothing; a later one may be shown', async () => {
  const { pictures, showing, told, paint } = scene();
  pictures.isAway = true;
  paint(1);
  await showing.settled();
  expect(pictures.refusals).toBe(1);
  await expect(showing.finish()).rejects.toThrow(StoreUnreachable);
  pictures.isAway = false;
  paint(2);
  await showing.settled();
  expect(told.map(({ sketches }) => sketches)).toEqual([0, 0, 2]);
  expect(told.at(-1)?.sees).toBe('sketch 2');
});

it('beside a finished picture there is its photo, however few sketches there were, put there once', async () => {
  const { showing, inStore } = scene();
  await showing.finish();
  expect(inStore(photo)).toBe('the photo');
  await showing.finish();
});
