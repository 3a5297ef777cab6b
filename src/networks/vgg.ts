import { sameShape } from '../graph/tensor.js';
import { INPUT, type Layer, type Network, type Weights } from './network.js';

/*
 * Networks in the manner of VGG (Simonyan and Zisserman 2015): blocks of 3×3 convolutions, each followed by ReLU, and
 * between the blocks the maxima of 2×2. Weight files tell no more of them than the convolutions' names, and no more is
 * needed. The layers are called conv1_1, relu1_1, conv1_2, … and pool1, …, as in the papers on style.
 */

/** A convolution as its file has it: the kernel [out, in, height, width], a number per result. */
export interface Convolution {
  readonly kernel: Weights;
  readonly bias: Weights;
}

/** What makes of RGB in 0..1 the input that the network was trained on: a convolution of 1×1. */
const ENTRANCE = 'conv0';

/** The second convolution of the first block is block1_conv2 with Keras, and conv12 or conv1_2 elsewhere. */
const NAME = /^(?:block(\d)_conv|conv(\d)_?)(\d)$/;

/**
 * @param convolutions by the file's names; those that are not called as the network's are passed over (a file may hold
 * what was of use in training)
 * @throws Error if they are no such network
 */
export function vgg(name: string, convolutions: ReadonlyMap<string, Convolution>): Network {
  const layers = new Map<string, Layer>();
  const entrance = convolutions.get(ENTRANCE);
  if (entrance === undefined) throw new Error(`the file lacks ${ENTRANCE}`);
  layers.set(ENTRANCE, toLayer(ENTRANCE, entrance, { from: INPUT, channels: 3, side: 1 }));
  let [from, channels] = [ENTRANCE, channelsOf(entrance)];
  const blocks = inBlocks(convolutions);
  for (const [i, block] of blocks.entries()) {
    if (i > 0) {
      layers.set(`pool${i}`, { type: 'maxPool', from: [from], size: 2 });
      from = `pool${i}`;
    }
    for (const [j, convolution] of block.entries()) {
      const position = `${i + 1}_${j + 1}`;
      const conv = `conv${position}`;
      layers.set(conv, toLayer(conv, convolution, { from, channels, side: 3 }));
      layers.set(`relu${position}`, { type: 'relu', from: [conv] });
      [from, channels] = [`relu${position}`, channelsOf(convolution)];
    }
  }
  return { name, layers };
}

/** Convolutions from a PyTorch state dictionary: NAME.weight and NAME.bias, conv0 among them. */
export function ofPyTorch(tensors: ReadonlyMap<string, Weights>): ReadonlyMap<string, Convolution> {
  const convolutions = new Map<string, Convolution>();
  for (const [name, kernel] of tensors) {
    const layer = /^(.+)\.weight$/.exec(name)?.[1];
    const bias = layer === undefined ? undefined : tensors.get(`${layer}.bias`);
    if (layer !== undefined && bias !== undefined) convolutions.set(layer, { kernel, bias });
  }
  return convolutions;
}

/**
 * Mean of ImageNet's pictures as BGR in 0..255, which Oxford's networks expect to be subtracted:
 * https://www.robots.ox.ac.uk/~vgg/research/very_deep/, and "caffe" in
 * https://github.com/keras-team/keras/blob/v2.15.0/keras/applications/imagenet_utils.py
 */
const MEAN = [103.939, 116.779, 123.68] as const;

/** Convolutions that were trained with Caffe, as Oxford's were, with the entrance that makes such input of ours. */
export function ofCaffe(
  convolutions: ReadonlyMap<string, Convolution>,
): ReadonlyMap<string, Convolution> {
  const kernel = { shape: [3, 3, 1, 1], values: Float32Array.of(0, 0, 255, 0, 255, 0, 255, 0, 0) };
  const bias = { shape: [3], values: Float32Array.from(MEAN, (mean) => -mean) };
  return new Map([...convolutions, [ENTRANCE, { kernel, bias }]]);
}

/** The convolutions in their order. */
function inBlocks(
  convolutions: ReadonlyMap<string, Convolution>,
): readonly (readonly Convolution[])[] {
  const byPosition = new Map<string, Convolution>();
  for (const [name, convolution] of convolutions) {
    const [, keras, plain, index] = NAME.exec(name) ?? [];
    const position = `${keras ?? plain ?? ''}_${index ?? ''}`;
    if (index === undefined) continue;
    if (byPosition.has(position)) throw new Error(`the file has ${position} twice`);
    byPosition.set(position, convolution);
  }
  const blocks: Convolution[][] = [];
  for (;;) {
    const block: Convolution[] = [];
    for (;;) {
      const next = byPosition.get(`${blocks.length + 1}_${block.length + 1}`);
      if (next === undefined) break;
      block.push(next);
    }
    if (block.length === 0) break;
    blocks.push(block);
  }
  const found = blocks.reduce((sum, block) => sum + block.length, 0);
  if (found === 0) throw new Error('the file has no convolutions of a VGG');
  if (found !== byPosition.size) throw new Error('the file lacks convolutions in between');
  return blocks;
}

function toLayer(
  name: string,
  { kernel, bias }: Convolution,
  {
    from,
    channels,
    side,
  }: { readonly from: string; readonly channels: number; readonly side: number },
): Layer {
  const [results = 0] = kernel.shape;
  const expected = [results, channels, side, side];
  if (!sameShape(kernel.shape, expected) || !sameShape(bias.shape, [results]))
    throw new Error(`${name} is not a convolution of ${side}×${side} on ${channels} channels`);
  if (results === 0) throw new Error(`${name} has no results`);
  return {
    type: 'convolution',
    from: [from],
    kernel,
    bias: bias.values,
    stride: 1,
    // As VGG was trained. Its distilled version was trained on mirrored borders; see docs/networks.md.
    padding: 'same',
  };
}

function channelsOf({ kernel }: Convolution): number {
  return kernel.shape[0] ?? 0;
}
