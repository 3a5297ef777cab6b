import type { Executor } from '../graph/executor.js';
import { input } from '../graph/operations.js';
import { logits, softmax } from '../networks/classifier.js';
import type { Network } from '../networks/network.js';
import { shapeOf, type Picture } from '../style/picture.js';
import { resample } from '../style/resample.js';
import { pictureClasses, type Probabilities } from './safety.js';

/** @throws Error if the network has no classifier, or one of other classes */
export type Classify = (picture: Picture) => Promise<Probabilities>;

/** A classifier of pictures of any size. It is not even made ready before the first picture. */
export function classifierOn(network: Network, executor: Executor): Classify {
  const side = network.head?.side ?? 0;
  const size = { width: side, height: side };
  const compile = () =>
    executor.compile({ classes: logits(network, input('picture', shapeOf(size))) });
  let program: ReturnType<typeof compile> | undefined;
  return async (picture) => {
    program ??= compile();
    // Stretched to a square, as nsfwjs does and as its network was trained.
    const { data } = resample(picture, size);
    const { classes } = await (await program).run({ picture: data });
    if (classes.length !== pictureClasses.length)
      throw new Error(`${network.name} tells ${classes.length} classes apart`);
    const probabilities = softmax(classes);
    const named = pictureClasses.map((name, i) => [name, probabilities[i]]);
    return Object.fromEntries(named) as Probabilities;
  };
}
