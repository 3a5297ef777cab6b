import { z } from 'zod';
import type { News } from '../queue/sql.js';

const progressSchema = z
  .strictObject({
    mention: z.string(),
    fraction: z.number().min(0).max(1),
    sketches: z.int().nonnegative(),
  })
  .readonly();
/** How far a picture has come, 0..1 of its work, and how many sketches of it there have been. */
export type Progress = z.infer<typeof progressSchema>;

/** Nobody sees less of it move. */
const STEP = 0.01;
/** More than a process ever paints at a time. */
const MOST = 100;

/** Tells the other processes on a database how pictures come along, so that whoever watches one's page sees it. */
export function tellingOf(news: News): (progress: Progress) => void {
  const told = new Map<string, Progress>();
  return (progress) => {
    const { mention, fraction, sketches } = progress;
    const before = told.get(mention);
    if (before?.sketches === sketches && Math.abs(fraction - before.fraction) < STEP) return;
    told.delete(mention);
    told.set(mention, progress);
    const [silentForLongest] = told.keys(); // and so done with
    if (told.size > MOST && silentForLongest !== undefined) told.delete(silentForLongest);
    news.tell(JSON.stringify(progress));
  };
}

/** Hears of the pictures that others paint. */
export function hearOf(news: News, listener: (progress: Progress) => void): void {
  news.hear((text) => {
    const progress = progressIn(text);
    if (progress) listener(progress);
  });
}

/** Whoever may use the database can write to the channel: what is not said as we say it is none of ours. */
function progressIn(text: string): Progress | undefined {
  try {
    return progressSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
