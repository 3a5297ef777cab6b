import type { Executor } from '../graph/executor.js';
import { input } from '../graph/operations.js';
import { logits, softmax } from '../networks/classifier.js';
import type { Network } from '../networks/network.js';
import { shapeOf, type Picture } from '../style/picture.js';
import { resample } from '../style/resample.js';
import { pictureClasses, type Probabilities } from './safety.js';

/** @throws Error if the network has no classifier, or one of other classes */
export type Classify = (picture: Picture) => Promise<Probabilities>;

/** A classifier of pictures of any size. Its network is not even read before the first picture. */
export function classifierOn(load: () => Promise<Network>, executor: Executor): Classify {
  const open = async () => {
    const network = await load();
    const side = network.head?.side ?? 0;
    const size = { width: side, height: side };
    const picture = input('picture', shapeOf(size));
    const program = await executor.compile({ classes: logits(network, picture) });
    return { name: network.name, size, program };
  };
  let opened: ReturnType<typeof open> | undefined;
  return async (picture) => {
    opened ??= open();
    const { name, size, program } = await opened;
    // Stretched to a square, as nsfwjs does and as its network was trained.
    const { data } = resample(picture, size);
    const { classes } = await program.run({ picture: data });
    if (classes.length !== pictureClasses.length)
      throw new Error(`${name} tells ${classes.length} classes apart`);
    const probabilities = softmax(classes);
    const named = pictureClasses.map((name, i) => [name, probabilities[i]]);
    return Object.fromEntries(named) as Probabilities;
  };
}
