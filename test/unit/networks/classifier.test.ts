import { join } from 'node:path';
import { input as kerasInput, layers as keras, model as kerasModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { input } from '../../../src/graph/operations.js';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { sizeOf } from '../../../src/graph/tensor.js';
import { logits, softmax } from '../../../src/networks/classifier.js';
import { readPackage } from '../../../src/networks/nsfwjs.js';
import { readTfjsLayers } from '../../../src/networks/tfjs-layers.js';
import { projectRoot } from '../../../src/paths.js';
import { decodePicture } from '../../../src/render/decode.js';
import { resample } from '../../../src/style/resample.js';
import { openModel, predict, saveModel, type ModelFiles } from '../../support/keras.js';
import { values } from '../../support/random.js';
import { tinyRecipe } from '../../support/tiny-network.js';

/**
 * Both sides compute in float32 and differ in the order of their sums. A sum of n products is then off by about
 * √n · 2⁻²⁴ of its size, 4e-6 for the longest here (n = 4032), layer after layer; through the softmax a probability
 * moves by at most a quarter of what a logit (of size 10 at most) moves. Seen were 5e-7; one border treated in another
 * way makes 1e-3 and more.
 */
const TOLERANCE = 2e-5;

/** Ours and TensorFlow.js's opinion of the same pictures. */
async function compare(files: ModelFiles, side: number, pictures: readonly Float32Array[]) {
  const shape = [1, 3, side, side];
  const network = readTfjsLayers('ours', files.model, files.bytes);
  const program = await onnxExecutor(2).compile({ y: logits(network, input('picture', shape)) });
  const reference = await openModel(files);
  const results = [];
  for (const picture of pictures) {
    const ours = softmax((await program.run({ picture })).y);
    results.push({ ours, theirs: await predict(reference, picture, shape) });
  }
  await program.release();
  return results;
}

function expectSame(ours: Float64Array, theirs: Float32Array): void {
  expect(ours).toHaveLength(theirs.length);
  for (const [i, probability] of ours.entries())
    expect(Math.abs(probability - (theirs[i] ?? NaN))).toBeLessThan(TOLERANCE);
}

describe.each([
  ['inception-v3', 299],
  ['mobilenet-v2', 224],
] as const)('%s as a classifier', (name, side) => {
  it('says the same of our photos and paintings as TensorFlow.js', async () => {
    const files = [
      'samples/alpine-landscape.jpg',
      'samples/dust-bowl-home.jpg',
      'styles/harbor-knife.jpg',
      'styles/lighthouse-eddies.jpg',
      'styles/sundown-window.jpg',
    ];
    const pictures = await Promise.all(
      files.map(async (file) => {
        const picture = await decodePicture(join(projectRoot, 'data', file), 512, 'at most');
        return resample(picture, { width: side, height: side }).data;
      }),
    );
    const results = await compare(await readPackage(name), side, pictures);
    for (const { ours, theirs } of results) expectSame(ours, theirs);
    // The pictures differ enough for this to mean something.
    const neutral = results.map(({ ours }) => ours[2] ?? NaN);
    expect(Math.max(...neutral) - Math.min(...neutral)).toBeGreaterThan(0.5);
  });
});

interface Variant {
  readonly side: number;
  readonly kernelSize: 3 | 5;
  readonly strides: 1 | 2;
  readonly padding: 'same' | 'valid';
  readonly poolSize: 2 | 3;
}

/** A network of random weights with every kind of layer that is understood, as whoever trains one writes it. */
function smallModel({ side, kernelSize, strides, padding, poolSize }: Variant) {
  const picture = kerasInput({ shape: [side, side, 3] });
  const chain = [
    keras.conv2d({ filters: 8, kernelSize, strides, padding, useBias: false }),
    keras.batchNormalization({ scale: false }),
    keras.conv2d({ filters: 8, kernelSize: [3, 1], padding }),
    keras.conv2d({ filters: 8, kernelSize: [1, 3], padding }),
    keras.activation({ activation: 'relu' }),
    keras.maxPooling2d({ poolSize, strides: 2 }),
  ];
  const trunk = chain.reduce((x, layer) => layer.apply(x) as typeof x, picture);
  const averaged = keras
    .averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' })
    .apply(trunk) as typeof trunk;
  const branch = keras.conv2d({ filters: 4, kernelSize: 1 }).apply(averaged) as typeof trunk;
  const joined = keras.concatenate({ axis: 3 }).apply([trunk, branch]) as typeof trunk;
  const window = joined.shape[1] ?? 0;
  const head = [
    keras.averagePooling2d({ poolSize: window, strides: window }),
    keras.flatten(),
    keras.dense({ units: 16, activation: 'relu' }),
    keras.dropout({ rate: 0.5 }),
    keras.dense({ units: 3, activation: 'softmax' }),
  ];
  const classes = head.reduce((x, layer) => layer.apply(x) as typeof x, joined);
  return kerasModel({ inputs: picture, outputs: classes });
}

/** Even and odd sizes, so that windows meet every kind of border. */
const variants = [20, 21, 22, 23].flatMap((side) =>
  (['same', 'valid'] as const).flatMap((padding): readonly Variant[] => [
    { side, padding, kernelSize: 3, strides: 2, poolSize: 3 },
    { side, padding, kernelSize: 5, strides: 2, poolSize: 2 },
    { side, padding, kernelSize: 3, strides: 1, poolSize: 2 },
  ]),
);

describe('a small network of random weights', () => {
  it.each(variants)(
    'classifies as TensorFlow.js does: $side pixels, kernel $kernelSize, stride $strides, $padding, maxima of $poolSize',
    async (variant) => {
      const { side } = variant;
      const files = await saveModel(smallModel(variant), side);
      const pictures = [1, 2, 3].map((seed) => values(sizeOf([3, side, side]), seed));
      for (const { ours, theirs } of await compare(files, side, pictures)) expectSame(ours, theirs);
    },
  );
});

describe('logits', () => {
  it('refuses a picture of another size than the network was trained on, and says which it takes', async () => {
    const { model, bytes } = await readPackage('inception-v3');
    const network = readTfjsLayers('inception-v3', model, bytes);
    expect(() => logits(network, input('picture', [1, 3, 224, 224]))).toThrow('299×299');
  });

  it('refuses a network that is no classifier', () => {
    const picture = input('picture', [1, 3, 16, 16]);
    expect(() => logits(tinyRecipe.network, picture)).toThrow('tiny has no classifier');
  });
});

describe('softmax', () => {
  it('gives probabilities, also of logits whose exponentials are beyond any number', () => {
    const [low = NaN, high = NaN] = softmax(Float32Array.of(1000, 1000 + Math.log(3)));
    expect(low).toBeCloseTo(0.25, 4);
    expect(high).toBeCloseTo(0.75, 4);
  });
});
