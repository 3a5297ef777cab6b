import { loadConfig } from '../../src/config.js';
import { decodePicture } from '../../src/render/decode.js';
import { openStudio } from '../../src/render/studio.js';
import { descended } from '../../src/style/descent.js';
import { likeness } from '../../src/style/judge.js';
import type { Picture } from '../../src/style/picture.js';
import { likenessAt } from '../../src/style/strength.js';
import { stylize } from '../../src/style/stylize.js';
import { usualPainting } from '../support/jobs.js';
import { allPairs } from '../support/pairs.js';

export interface StrengthOptions {
  /** How many of the twenty pairs. */
  readonly pairs: number;
  /** Longest side, in pixels. */
  readonly size: number;
  readonly network: string;
  readonly strengths: readonly number[];
}

/**
 * Measures whether a strength means the same for every pair of pictures: how much of the photo the
 * judge finds in each picture, with the weights that the engine finds and with the recipe's.
 */
export async function strength({
  pairs,
  size,
  network,
  strengths,
}: StrengthOptions): Promise<void> {
  const studio = await openStudio({ network, device: 'auto', models: loadConfig().models.folder });
  const found = { steered: [] as number[], asTheyAre: [] as number[] };
  let rising = 0;
  // Every eighth of a list of twenty is another photo and another painting each time.
  const chosen = Array.from({ length: pairs }, (_, i) => allPairs[(i * 7) % allPairs.length]);
  for (const pair of chosen) {
    if (pair === undefined) continue;
    const content = await decodePicture(pair.content, size, 'exactly');
    const picture = await decodePicture(pair.style, size, 'at most');
    const photo = await studio.look(content);
    const left = async (paint: Picture) => likeness(await studio.look(paint), photo);
    const common = {
      ...usualPainting,
      content,
      styles: [{ picture, weight: 1 }],
    };
    const asTheyAre = await left(await descended(studio, common));
    const steps: number[] = [];
    for (const strength of strengths)
      steps.push(await left(await stylize(studio, { ...common, strength })));
    const at50 = steps[strengths.indexOf(50)];
    if (at50 !== undefined) found.steered.push(at50);
    found.asTheyAre.push(asTheyAre);
    if (steps.every((step, i) => i === 0 || step < (steps[i - 1] ?? NaN))) rising++;
    const told = strengths.map((strength, i) => `${strength}: ${(steps[i] ?? NaN).toFixed(3)}`);
    console.log(
      `${pair.name}: ${told.join(', ')}; with the recipe's weights ${asTheyAre.toFixed(3)}`,
    );
  }
  console.log(`promised: ${strengths.map((s) => `${s}: ${likenessAt(s).toFixed(3)}`).join(', ')}`);
  console.log(`falls with every step of strength: ${rising} of ${pairs} pairs`);
  for (const [name, values] of Object.entries({
    'at strength 50': found.steered,
    "with the recipe's weights": found.asTheyAre,
  })) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const spread = (most - least) / 2;
    console.log(
      `${name}: ${least.toFixed(3)} to ${most.toFixed(3)}, which is ±${spread.toFixed(3)}`,
    );
  }
}
