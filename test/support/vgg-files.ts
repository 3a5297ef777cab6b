import { File, ready } from 'h5wasm/node';
import { sizeOf } from '../../src/graph/tensor.js';
import type { Weights } from '../../src/networks/network.js';
import { values } from './random.js';

/** VGG-19's blocks, up to the convolution that style needs last, with a few channels each. */
const BLOCKS = [[4, 4], [6, 6], [8, 8, 8, 8], [8, 8, 8, 8], [8]];

/** The convolutions of a small VGG-19: [block, index], kernel [out, in, 3, 3], bias. */
export function smallVgg(blocks: readonly (readonly number[])[] = BLOCKS) {
  let channels = 3;
  return blocks.flatMap((block, i) =>
    block.map((width, j) => {
      const shape = [width, channels, 3, 3] as const;
      const scale = Math.sqrt(2 / (9 * channels)) * Math.sqrt(3); // He et al. 2015
      const kernel = {
        shape,
        values: values(sizeOf(shape), 10 * i + j + 1).map((value) => value * scale),
      };
      const bias = { shape: [width], values: values(width, 100 + 10 * i + j) };
      channels = width;
      return { block: i + 1, index: j + 1, kernel, bias };
    }),
  );
}

/** The same as the state dictionary of the distilled network calls them, with its entrance. */
export function stateOfSmallVgg(): ReadonlyMap<string, Weights> {
  const entrance = { shape: [3, 3, 1, 1], values: Float32Array.of(0, 0, 2, 0, 2, 0, 2, 0, 0) };
  return new Map<string, Weights>([
    ['conv0.weight', entrance],
    ['conv0.bias', { shape: [3], values: Float32Array.of(-1, -1, -1) }],
    ...smallVgg().flatMap(({ block, index, kernel, bias }): [string, Weights][] => [
      [`conv${block}${index}.weight`, kernel],
      [`conv${block}${index}.bias`, bias],
    ]),
    // Of use only in training.
    ['conv11_aux.weight', { shape: [2, 4, 1, 1], values: values(8, 7) }],
    ['conv11_aux.bias', { shape: [2], values: values(2, 8) }],
  ]);
}

/** Writes them as Keras does: HDF5, kernels [height, width, in, out]. */
export async function writeKerasFile(
  file: string,
  convolutions: ReturnType<typeof smallVgg> = smallVgg(),
): Promise<void> {
  await ready;
  const written = new File(file, 'w');
  const layers = convolutions.map(({ block, index }) => `block${block}_conv${index}`);
  written.create_attribute('layer_names', ['input_2', ...layers, 'block1_pool']);
  written.create_group('input_2');
  written.create_group('block1_pool');
  for (const { block, index, kernel, bias } of convolutions) {
    const layer = `block${block}_conv${index}`;
    const group = written.create_group(layer);
    group.create_attribute('weight_names', [`${layer}_W_1:0`, `${layer}_b_1:0`]);
    const [out, inward, height, width] = kernel.shape;
    const turned = new Float32Array(kernel.values.length);
    for (let o = 0; o < out; o++)
      for (let i = 0; i < inward; i++)
        for (let p = 0; p < height * width; p++)
          turned[(p * inward + i) * out + o] =
            kernel.values[(o * inward + i) * height * width + p] ?? 0;
    const shape = [height, width, inward, out];
    group.create_dataset({ name: `${layer}_W_1:0`, data: turned, shape, dtype: '<f4' });
    group.create_dataset({ name: `${layer}_b_1:0`, data: bias.values, shape: [out], dtype: '<f4' });
  }
  written.close();
}
