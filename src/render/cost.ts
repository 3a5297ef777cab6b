import type { Size } from '../style/picture.js';
import { costOfDream } from '../style/dream.js';
import { costOfPainting } from '../style/descent.js';
import { sizeFor } from './decode.js';
import type { RenderJob } from './job.js';
import { costOfVariations, panelSize } from './variations.js';

/** What the cost of a job depends on. */
export interface Work extends Pick<RenderJob, 'effect' | 'size' | 'scale' | 'quality'> {
  /** How many paintings there are; a dream has none. */
  readonly styles: number;
}

/**
 * What a job takes; see ../style/cost.ts. As far as the photo's size is known; otherwise
 * as much as it can be, a square's. It is never more, whatever size a server says that the photo has.
 */
export function costOfJob(work: Work, photo?: Size): number {
  const most = costFor(work, { width: 1, height: 1 });
  return photo === undefined ? most : Math.min(costFor(work, photo), most);
}

function costFor({ effect, size, scale, quality, styles }: Work, photo: Size): number {
  switch (effect) {
    case 'painting':
      return costOfPainting(sizeFor(photo, size), { quality, styles, styleScale: scale });
    case 'variations':
      return costOfVariations(sizeFor(photo, panelSize(size)), { quality, styles });
    case 'dream':
      return costOfDream(sizeFor(photo, size), { quality, patternScale: scale });
  }
}
