import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { PictureKey, PictureStore } from '../pictures/store.js';
import type { RenderProgress } from '../render/job.js';

/** Where whoever watches finds the photo as it is painted from, and the picture so far. */
export interface Watched {
  readonly photo: PictureKey;
  readonly sketch: PictureKey;
}

/**
 * Shows how a picture comes along. The painter sketches into files of its own machine; each sketch is told only when it is in the
 * store, where whoever hears of it will look for it. One that comes while another is on its way is passed over for the next.
 */
export class Showing {
  /** Where the painter is to put them. */
  readonly files: { readonly photo: string; readonly sketch: string };
  #told = 0;
  #hasPhoto = false;
  #putting: Promise<void> | undefined;

  /**
   * @param folder of this machine, for the painter
   * @param onProgress called with 0..1 and with how many sketches there have been
   */
  constructor(
    private readonly pictures: PictureStore,
    private readonly watched: Watched,
    folder: string,
    private readonly onProgress: (fraction: number, sketches: number) => void,
  ) {
    this.files = { photo: join(folder, 'seen.jpg'), sketch: join(folder, 'sketch.jpg') };
  }

  /** Something has been painted. */
  progress({ fraction, sketches }: Pick<RenderProgress, 'fraction' | 'sketches'>): void {
    this.onProgress(fraction, this.#told);
    if (sketches <= this.#told || this.#putting !== undefined) return;
    this.#putting = this.#putSketch()
      .then(() => {
        this.#told = sketches;
        this.onProgress(fraction, sketches);
      })
      // Nobody's picture fails by a sketch that cannot be shown; the next one may be.
      .catch(() => undefined)
      .finally(() => (this.#putting = undefined));
  }

  /** Waits for what is on its way. */
  async settled(): Promise<void> {
    await this.#putting;
  }

  /** Puts the photo beside the finished picture, if it is not there yet. @throws StoreUnreachable */
  async finish(): Promise<void> {
    await this.settled();
    await this.#putPhoto();
  }

  async #putPhoto(): Promise<void> {
    if (!this.#hasPhoto) await this.pictures.put(this.watched.photo, this.files.photo);
    this.#hasPhoto = true;
  }

  async #putSketch(): Promise<void> {
    await this.#putPhoto();
    // Out of the way of the next one.
    const taken = join(this.files.sketch, '..', 'shown.jpg');
    await rename(this.files.sketch, taken);
    await this.pictures.put(this.watched.sketch, taken);
  }
}
