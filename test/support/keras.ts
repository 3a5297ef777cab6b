import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../src/graph/tensor.js';
import { values } from './random.js';

/*
 * TensorFlow.js, the runtime for which the packaged network was made: a second opinion on networks as they were
 * trained, by code that has nothing in common with ours.
 */

await tf.setBackend('wasm'); // the fastest that needs no browser

/** A model.json, parsed, and the bytes of its weights. */
export interface ModelFiles {
  readonly model: unknown;
  readonly bytes: Uint8Array;
}

interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
}

export async function openModel({ model, bytes }: ModelFiles): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = model as ModelJson;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = new Uint8Array(bytes).buffer;
  return loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/** A model's files, with weights drawn at random. */
export async function saveModel(model: LayersModel, seed: number): Promise<ModelFiles> {
  for (const [i, weight] of model.weights.entries()) {
    const shape = weight.shape.map(Number);
    const random = values(sizeOf(shape), seed + i);
    // Sums of as many products as a kernel has inputs keep their size, so that no layer saturates (He et al. 2015).
    const spread = Math.sqrt(6 / sizeOf(shape.slice(0, -1)));
    const ofItsKind = weight.name.endsWith('/moving_variance')
      ? random.map((value) => value ** 2 + 0.5)
      : random.map((value) => value * (weight.name.endsWith('/kernel') ? spread : 0.2));
    weight.write(tf.tensor(ofItsKind, shape));
  }
  const saved: ModelFiles[] = [];
  await model.save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
      if (!(weightData instanceof ArrayBuffer)) throw new Error('the weights are in parts');
      // As the converter from Keras writes it.
      const topology = { model_config: modelTopology };
      const file = { modelTopology: topology, weightsManifest: [{ weights: weightSpecs }] };
      saved.push({ model: file, bytes: new Uint8Array(weightData) });
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
      });
    }),
  );
  const [files] = saved;
  if (files === undefined) throw new Error('the model was not saved');
  return files;
}

/** What the model says of a picture [1, 3, height, width]. */
export async function predict(
  model: LayersModel,
  picture: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const [result] = tf.tidy(() => {
    const channelsLast = tf.transpose(tf.tensor(picture, [...shape]), [0, 2, 3, 1]);
    return [model.predict(channelsLast)].flat();
  });
  return Float32Array.from((await result?.data()) ?? []);
}
