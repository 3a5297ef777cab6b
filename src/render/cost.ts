import type { Size } from '../style/picture.js';
import { costOfPainting } from '../style/stylize.js';
import { sizeFor } from './decode.js';
import type { RenderJob } from './job.js';

/** What the cost of a job depends on. */
export interface Work extends Pick<RenderJob, 'effect' | 'size' | 'scale' | 'quality'> {
  /** How many paintings there are; a dream has none. */
  readonly styles: number;
}

/**
 * The arithmetic that a job takes, in pixels × iterations of painting. As far as the photo's size is known; otherwise
 * as much as it can be, a square's. It is never more, whatever size a server says that the photo has.
 */
export function costOfJob(work: Work, photo?: Size): number {
  const { size } = work;
  const most = costOfSize(work, { width: size, height: size });
  return photo === undefined ? most : Math.min(costOfSize(work, sizeFor(photo, size)), most);
}

function costOfSize({ scale: styleScale, ...work }: Work, content: Size): number {
  return costOfPainting(content, { ...work, styleScale });
}
