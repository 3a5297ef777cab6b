import type { Executor } from '../graph/executor.js';
import { onnxExecutor } from '../graph/onnx/executor.js';
import { loadRecipe, type Recipe } from '../networks/recipe.js';
import type { Picture } from '../style/picture.js';
import { stylize } from '../style/stylize.js';
import { classifierOn, type Classify } from './classify.js';
import { decodePicture } from './decode.js';
import { encodePicture } from './encode.js';
import { faceFinder, type FindFaces } from './faces.js';
import { PictureError, type Painted, type RenderJob, type RenderProgress } from './job.js';
import { isOn, verdictOf, type SafetyPolicy } from './safety.js';

/** A network loaded on a device: what it takes to paint. */
export interface Studio {
  readonly recipe: Recipe;
  readonly executor: Executor;
  readonly classify: Classify;
  readonly findFaces: FindFaces;
}

export async function openStudio(): Promise<Studio> {
  const [recipe, executor] = [await loadRecipe(), onnxExecutor()];
  const classify = classifierOn(recipe.network, executor);
  return { recipe, executor, classify, findFaces: faceFinder() };
}

/**
 * Paints a job from picture files to a picture file.
 * @throws PictureError if a picture cannot be used; the signal's reason if it is aborted.
 */
export async function paint(
  { recipe, executor, classify, findFaces }: Studio,
  job: RenderJob,
  onProgress?: (progress: RenderProgress) => void,
  signal?: AbortSignal,
): Promise<Painted> {
  const start = performance.now();
  const content = await decodePicture(job.content, job.size, 'exactly');
  const styles = await Promise.all(
    job.styles.map(async ({ file, weight }) => ({
      file,
      picture: await decodePicture(file, job.size, 'at most'),
      weight,
    })),
  );
  const sensitive =
    job.safety !== undefined &&
    (await isSensitive([{ file: job.content, picture: content }, ...styles], job.safety, classify));
  const picture = await stylize(recipe, executor, {
    content,
    styles,
    strength: job.strength,
    faces: job.faces ? (await findFaces(content)).map(({ box }) => box) : [],
    seed: job.seed,
    ...(onProgress && {
      onProgress: ({ losses, ...progress }) => onProgress(progress),
    }),
    ...(signal && { signal }),
  });
  const sha256 = await encodePicture(picture, job.output);
  const { width, height } = picture;
  const seconds = (performance.now() - start) / 1000;
  return { width, height, seconds, device: executor.device, sha256, sensitive };
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
