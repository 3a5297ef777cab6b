import { countArithmetic } from '../../src/graph/arithmetic.js';
import * as op from '../../src/graph/operations.js';
import { onnxExecutor } from '../../src/graph/onnx/executor.js';
import { inOrder, sizeOf, type Tensor } from '../../src/graph/tensor.js';
import { logits } from '../../src/networks/classifier.js';
import { loadInceptionV3 } from '../../src/networks/nsfwjs.js';
import { loadRecipe } from '../../src/networks/shelf.js';
import { objectiveGraph } from '../../src/style/objective.js';
import { shapeOf } from '../../src/style/picture.js';
import { values } from '../support/random.js';
import type { Case, Measurement } from './speed.js';
import { median } from './median.js';
import { matrixProduct } from './product.js';
import { shapes } from './shapes.js';

/*
 * Measures one case in this process, which is its own so that its peak memory is its own. Iterations and products
 * take turns: on a machine whose speed drifts, both drift together and their ratio stays.
 */

const ROUNDS = 15;
/** In milliseconds: a turn is several iterations, or several products, as one follows the other when a picture is painted. */
const TURN = 250;

async function measure(which: Case): Promise<Measurement> {
  const { width, height } = which;
  const executor = onnxExecutor();
  const { network, graph } = await graphOf(which);
  const inputs: Record<string, Float32Array> = {};
  for (const { operation, shape } of inOrder(Object.values(graph)))
    if (operation.type === 'input')
      inputs[operation.name] = values(sizeOf(shape), 1).map((value) => 0.5 + 0.5 * value);
  const iteration = await executor.compile(graph);
  await iteration.run(inputs);
  const peakMegabytes = process.resourceUsage().maxRSS / 1e3; // before the product's matrices come

  const product = await matrixProduct(executor);
  const times: number[] = [];
  const ceilings: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const iterationMs = await turnOf(() => milliseconds(() => iteration.run(inputs)));
    const ceiling = await turnOf(product);
    if (round === 0) continue; // warming up
    times.push(iterationMs);
    ceilings.push(ceiling);
  }
  const iterationMs = median(times);
  const gflops = countArithmetic(Object.values(graph)) / iterationMs / 1e6;
  const ceilingGflops = median(ceilings);
  return {
    network,
    width,
    height,
    iterationMs,
    gflops,
    ceilingGflops,
    ratio: gflops / ceilingGflops,
    peakMegabytes,
  };
}

interface Measured {
  readonly network: string;
  readonly graph: Readonly<Record<string, Tensor>>;
}

async function graphOf({ network, ...size }: Case): Promise<Measured> {
  if (network === 'classifier') {
    const classifier = await loadInceptionV3();
    const classes = logits(classifier, op.input('picture', shapeOf(size)));
    return { network: `${classifier.name} as a classifier`, graph: { classes } };
  }
  const recipe = network === 'inception-v3' ? await loadRecipe() : shapes[network]();
  return { network: recipe.network.name, graph: { ...objectiveGraph(recipe, size) } };
}

/** The median of what is measured until a turn is over. */
async function turnOf(measured: () => Promise<number>): Promise<number> {
  const numbers: number[] = [];
  const end = performance.now() + TURN;
  do numbers.push(await measured());
  while (performance.now() < end);
  return median(numbers);
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

process.once('message', (which: Case) => {
  void measure(which).then((measurement) =>
    process.send?.(measurement, () => process.disconnect()),
  );
});
