import { openDevice } from '../graph/devices.js';
import { loadInceptionV3 } from '../networks/nsfwjs.js';
import { loadRecipe } from '../networks/shelf.js';
import type { Painter } from '../style/descent.js';
import { judgeOn } from '../style/judge.js';
import { memoryOf } from '../style/memory.js';
import type { Style } from '../style/paintings.js';
import type { Picture } from '../style/picture.js';
import type { Watched } from '../style/schedule.js';
import { dream } from '../style/dream.js';
import { stylize } from '../style/stylize.js';
import { classifierOn, type Classify } from './classify.js';
import { decodePicture } from './decode.js';
import { encodePicture } from './encode.js';
import { faceFinder, type FindFaces } from './faces.js';
import {
  PictureError,
  type Painted,
  type RenderJob,
  type RenderProgress,
  type StudioOptions,
} from './job.js';
import { noSketches, sketchesIn } from './sketches.js';
import { isOn, verdictOf, type SafetyPolicy } from './safety.js';
import { panelSize, scales, variations } from './variations.js';

/** A network loaded on a device: what it takes to paint. */
export interface Studio extends Painter {
  readonly classify: Classify;
  readonly findFaces: FindFaces;
}

/** The Gram matrices of a painting take 20 MB for a picture of 512 pixels, so of the last few paintings. */
const MEMORY_BYTES = 128e6;

/**
 * @param onProblem is told, in a sentence, why a device that was wanted is not used
 * @throws NetworkError if the network is not here, or cannot be read
 */
export async function openStudio(
  { network, device, models }: StudioOptions,
  onProblem?: (problem: string) => void,
): Promise<Studio> {
  const recipe = await loadRecipe(network, models);
  const { executor, problems } = await openDevice(device);
  for (const problem of problems) onProblem?.(problem);
  // InceptionV3 is what knows indecent pictures. If it does not paint, it is read when there is one to look at.
  const classifier = recipe.network.head
    ? () => Promise.resolve(recipe.network)
    : () => loadInceptionV3();
  const classify = classifierOn(classifier, executor);
  const look = judgeOn(executor);
  const memory = memoryOf(MEMORY_BYTES);
  return { recipe, executor, look, memory, classify, findFaces: faceFinder() };
}

/**
 * Paints a job from picture files to a picture file.
 * @throws PictureError if a picture cannot be used; the signal's reason if it is aborted.
 */
export async function paint(
  studio: Studio,
  job: RenderJob,
  onProgress?: (progress: RenderProgress) => void,
  signal?: AbortSignal,
): Promise<Painted> {
  const start = performance.now();
  const { recipe, executor, classify, findFaces } = studio;
  const content = await decodePicture(job.content, contentSize(job), 'exactly');
  const styles = await paintingsOf(job);
  const sensitive =
    job.safety !== undefined &&
    (await isSensitive([{ file: job.content, picture: content }, ...styles], job.safety, classify));
  if (job.watched) await encodePicture(content, job.watched.photo);
  const sketches = job.watched ? sketchesIn(job.watched.sketch) : noSketches;
  const { strength, scale, colors, quality, seed } = job;
  const areFacesMinded = job.faces && job.effect !== 'dream';
  const faces = areFacesMinded ? (await findFaces(content)).map(({ box }) => box) : [];
  const common = {
    content,
    colors,
    quality,
    seed,
    onProgress: ({ scale, scales, iteration, iterations, fraction, picture }: Watched) => {
      sketches.offer(picture);
      const { count } = sketches;
      onProgress?.({ scale, scales, iteration, iterations, fraction, sketches: count });
    },
    ...(signal && { signal }),
  };
  const make = (): Promise<Picture> => {
    switch (job.effect) {
      case 'painting':
        return stylize(studio, { ...common, styles, strength, styleScale: scale, faces });
      case 'variations':
        return variations(studio, { ...common, styles, faces });
      case 'dream':
        return dream(recipe, executor, { ...common, strength, patternScale: scale });
    }
  };
  const picture = await make().finally(() => sketches.close());
  const sha256 = await encodePicture(picture, job.output);
  const { width, height } = picture;
  const seconds = (performance.now() - start) / 1000;
  return { width, height, seconds, device: executor.device, sha256, sensitive };
}

/** Longest side of the photo as the engine gets it. */
function contentSize({ effect, size }: RenderJob): number {
  return effect === 'variations' ? panelSize(size) : size;
}

/** The paintings, no smaller than brushwork of the job's scale needs them. */
async function paintingsOf(job: RenderJob): Promise<readonly (Original & Style)[]> {
  if (job.effect === 'dream') return [];
  const scale = job.effect === 'variations' ? Math.max(...scales) : job.scale;
  const longest = Math.ceil(contentSize(job) * Math.max(1, scale / 100));
  return Promise.all(
    job.styles.map(async ({ file, weight }) => ({
      file,
      picture: await decodePicture(file, longest, 'at most'),
      weight,
    })),
  );
}

interface Original {
  readonly file: string;
  readonly picture: Picture;
}

/**
 * Whether what is painted from these pictures is to be marked as sensitive.
 * @throws PictureError if one of them is to be refused
 */
async function isSensitive(
  originals: readonly Original[],
  policy: SafetyPolicy,
  classify: Classify,
): Promise<boolean> {
  if (!isOn(policy)) return false;
  let sensitive = false;
  for (const { file, picture } of originals) {
    const verdict = verdictOf(await classify(picture), policy);
    if (verdict === 'refuse')
      throw new PictureError('unsafe', file, 'The picture looks indecent, and is not painted.');
    if (verdict === 'sensitive') sensitive = true;
  }
  return sensitive;
}
