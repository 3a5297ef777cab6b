import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openTfjs } from '../../../../src/graph/tfjs/load.js';
import { objectiveGraph } from '../../../../src/style/objective.js';
import { randomInputs } from '../../../support/random.js';
import { tinyRecipe } from '../../../support/tiny-network.js';

const graph = objectiveGraph(tinyRecipe, { width: 12, height: 8 }, { hasFaces: true });
const { picture = new Float32Array(), ...fixed } = randomInputs(graph);

it('TensorFlow.js keeps nothing of a run, and nothing of a program that is released', async () => {
  const executor = await openTfjs();
  const before = tf.memory();
  const program = await executor.compile(graph, fixed);
  const compiled = tf.memory();
  expect(compiled.numTensors).toBeGreaterThan(before.numTensors);
  for (let run = 0; run < 5; run++) {
    await program.run({ picture });
    expect(tf.memory()).toMatchObject({
      numTensors: compiled.numTensors,
      numDataBuffers: compiled.numDataBuffers,
      numBytes: compiled.numBytes,
    });
  }
  await expect(program.run({})).rejects.toThrow('picture');
  expect(tf.memory().numTensors).toBe(compiled.numTensors);
  await program.release();
  expect(tf.memory()).toMatchObject({
    numTensors: before.numTensors,
    numDataBuffers: before.numDataBuffers,
    numBytes: before.numBytes,
  });
});
