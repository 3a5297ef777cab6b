import { UsageError } from '../../src/commands/errors.js';
import { loadConfig } from '../../src/config.js';
import type { Executor } from '../../src/graph/executor.js';
import { onnxExecutor } from '../../src/graph/onnx/executor.js';
import { loadMobileNetV2 } from '../../src/networks/nsfwjs.js';
import { decodePicture } from '../../src/render/decode.js';
import { PictureError } from '../../src/render/job.js';
import { openStudio } from '../../src/render/studio.js';
import {
  impressionGraph,
  impressionOf,
  judgeOn,
  likeness,
  styleDistance,
  type Impression,
} from '../../src/style/judge.js';
import type { Picture } from '../../src/style/picture.js';
import { resample } from '../../src/style/resample.js';
import type { Quality } from '../../src/style/schedule.js';
import { stylize } from '../../src/style/stylize.js';
import { usualPainting } from '../support/jobs.js';
import { housePairs } from '../support/pairs.js';

/** As large as any picture comes. */
const AS_IT_IS = 1e5;

interface Judgement {
  readonly style: number;
  readonly content: number;
}

export interface QualityOptions {
  readonly network: string;
  /** Longest side, in pixels. */
  readonly size: number;
  readonly quality: Quality;
  readonly seed: number;
}

/**
 * Judges a picture with a network that is in no loss: how far it is from the style of its painting,
 * and how much of the photo is left in it. The picture may be painted by any program.
 * @param files without them, the pairs of test/support/pairs.ts are painted with the engine's
 *   defaults and judged
 * @throws UsageError if a file cannot be read as a picture
 */
export async function quality(
  files: { readonly content: string; readonly style: string; readonly picture: string } | undefined,
  options: QualityOptions,
): Promise<void> {
  const judge = judgeWith(onnxExecutor());
  if (files === undefined) return ofHousePairs(judge, options);
  const photo = await opened(files.content);
  const painting = await opened(files.style);
  const picture = await opened(files.picture);
  print(files.picture, await judge(photo, painting, picture));
}

async function ofHousePairs(
  judge: Judge,
  { network, size, quality, seed }: QualityOptions,
): Promise<void> {
  const studio = await openStudio({ network, device: 'auto', models: loadConfig().models.folder });
  const all: Judgement[] = [];
  for (const { name, content, style } of housePairs) {
    const photo = await decodePicture(content, size, 'exactly');
    const painting = await decodePicture(style, size, 'at most');
    const picture = await stylize(studio, {
      ...usualPainting,
      quality,
      seed,
      content: photo,
      styles: [{ picture: painting, weight: 1 }],
    });
    const judgement = await judge(photo, painting, picture);
    all.push(judgement);
    print(name, judgement);
  }
  const mean = (of: (judgement: Judgement) => number) =>
    all.reduce((sum, judgement) => sum + of(judgement), 0) / all.length;
  print('mean', { style: mean(({ style }) => style), content: mean(({ content }) => content) });
}

async function opened(file: string): Promise<Picture> {
  return decodePicture(file, AS_IT_IS, 'at most').catch((error: unknown) => {
    throw error instanceof PictureError ? new UsageError(`${file}: ${error.message}`) : error;
  });
}

type Judge = (photo: Picture, painting: Picture, picture: Picture) => Promise<Judgement>;

/** The painting is scaled to the area of the picture, because brushwork has a size. */
function judgeWith(executor: Executor): Judge {
  const look = judgeOn(executor);
  return async (photo, painting, picture) => {
    const factor = Math.sqrt((picture.width * picture.height) / (painting.width * painting.height));
    const asLarge = {
      width: Math.round(painting.width * factor),
      height: Math.round(painting.height * factor),
    };
    return {
      style: styleDistance(
        await lookClosely(executor, picture),
        await lookClosely(executor, resample(painting, asLarge)),
      ),
      content: likeness(await look(picture), await look(photo)),
    };
  };
}

/** At full size, where the judge of src/style sees a square of 224 pixels. */
async function lookClosely(executor: Executor, picture: Picture): Promise<Impression> {
  const outputs = impressionGraph(await loadMobileNetV2(), picture);
  const program = await executor.compile(outputs);
  try {
    return impressionOf(outputs, await program.run({ picture: picture.data }));
  } finally {
    await program.release();
  }
}

function print(name: string, { style, content }: Judgement): void {
  console.log(`${name}: style distance ${style.toFixed(3)}, likeness ${content.toFixed(3)}`);
}
