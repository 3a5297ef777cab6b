import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onnxExecutor } from '../../src/graph/onnx/executor.js';
import { adam } from '../../src/style/adam.js';
import { compileObjective, type Losses } from '../../src/style/objective.js';
import { USUAL } from '../../src/style/schedule.js';
import { mannerOf } from '../../src/style/targets.js';
import { readFloats, writeFloats } from './handover.js';
import { vgg19Shape } from './shapes.js';

/*
 * ours.ts FOLDER GRADIENT SIDE: the engine as a contestant. It says and answers the same as gatys.py does.
 */

const [folder = '', gradientFile = '', side] = process.argv.slice(2);
const size = { width: Number(side), height: Number(side) };
const content = { ...size, data: readFloats(join(folder, 'content.f32')) };
const style = { ...size, data: readFloats(join(folder, 'style.f32')) };

const recipe = vgg19Shape();
const executor = onnxExecutor();
const manner = await mannerOf(recipe, executor, [style]);
const objective = await compileObjective(recipe, executor, content, manner);
const factors = { elsewhere: 1, inFaces: 1 };

const { gradient, ...losses } = await objective.evaluate(content.data, factors);
writeFloats(gradientFile, gradient);
answer(losses);
const optimizer = adam(content.data, USUAL);
// Who asks waits for the answer, so no two iterations overlap; without input the process ends.
createInterface({ input: process.stdin }).on('line', () => void iterate());

async function iterate(): Promise<void> {
  const start = performance.now();
  const { gradient, ...losses } = await objective.evaluate(optimizer.iterate, factors);
  optimizer.step(gradient);
  answer({ ...losses, milliseconds: performance.now() - start });
}

function answer(facts: Losses & { readonly milliseconds?: number }): void {
  console.log(JSON.stringify({ ...facts, megabytes: process.resourceUsage().maxRSS / 1e3 }));
}
