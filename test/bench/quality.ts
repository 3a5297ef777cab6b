import { Command } from 'commander';
import { optionFor } from '../../src/commands/options.js';
import { loadConfig } from '../../src/config.js';
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

/*
 * npm run bench:quality -- CONTENT STYLE PICTURE: what a network that is in no loss says of a picture, whoever painted it.
 * Without pictures it paints the pairs of test/support/pairs.ts as the engine does by default and judges those.
 */

const program = new Command('npm run bench:quality --')
  .description(
    'How far a picture is from the style of its painting (0 is the painting itself), and how much of the photo is left in it (1 is the photo itself). Without pictures, six of our own are painted and judged.',
  )
  .argument('[content]', 'the photo')
  .argument('[style]', 'the painting')
  .argument('[picture]', 'what came out')
  .option('--network <name>', 'what network paints them', 'auto')
  .addOption(optionFor('size'))
  .addOption(optionFor('quality'))
  .addOption(optionFor('seed'))
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();
const [contentFile, styleFile, pictureFile] = program.args;
const { network, size, quality, seed } = program.opts<{
  network: string;
  size: number;
  quality: Quality;
  seed: number;
}>();

const executor = onnxExecutor();
const look = judgeOn(executor);

/** As large as any picture comes. */
const AS_IT_IS = 1e5;

interface Judgement {
  readonly style: number;
  readonly content: number;
}

if (contentFile !== undefined && styleFile !== undefined && pictureFile !== undefined) {
  const [photo, painting, picture] = [
    await opened(contentFile),
    await opened(styleFile),
    await opened(pictureFile),
  ];
  print(pictureFile, await judged(photo, painting, picture));
} else if (contentFile !== undefined) {
  program.error('it takes a photo, a painting and a picture, or none of them');
} else {
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
    const judgement = await judged(photo, painting, picture);
    all.push(judgement);
    print(name, judgement);
  }
  const mean = (of: (judgement: Judgement) => number) =>
    all.reduce((sum, judgement) => sum + of(judgement), 0) / all.length;
  print('mean', { style: mean(({ style }) => style), content: mean(({ content }) => content) });
}

async function opened(file: string): Promise<Picture> {
  return decodePicture(file, AS_IT_IS, 'at most').catch((error: unknown) =>
    error instanceof PictureError
      ? program.error(`${file}: ${error.message}`)
      : Promise.reject(error as Error),
  );
}

/** The painting is looked at as large as the picture, since brushwork has a size. */
async function judged(photo: Picture, painting: Picture, picture: Picture): Promise<Judgement> {
  const factor = Math.sqrt((picture.width * picture.height) / (painting.width * painting.height));
  const asLarge = {
    width: Math.round(painting.width * factor),
    height: Math.round(painting.height * factor),
  };
  return {
    style: styleDistance(
      await lookClosely(picture),
      await lookClosely(resample(painting, asLarge)),
    ),
    content: likeness(await look(picture), await look(photo)),
  };
}

/** At full size, where the judge of src/style sees a square of 224 pixels. */
async function lookClosely(picture: Picture): Promise<Impression> {
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
