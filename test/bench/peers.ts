import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnxExecutor } from '../../src/graph/onnx/executor.js';
import { projectRoot } from '../../src/paths.js';
import { decodePicture } from '../../src/render/decode.js';
import { workerEnvironment } from '../../src/render/worker-environment.js';
import { resample } from '../../src/style/resample.js';
import { enter } from './contestant.js';
import { handOver, readFloats } from './handover.js';
import { median } from './median.js';
import { matrixProduct } from './product.js';
import { race, type Result, type Runner } from './race.js';
import { vgg19Shape } from './shapes.js';
import { environmentWith, PYTHON, requireTorch, type Blas } from './torch.js';

/**
 * Heights and widths in pixels, and how many iterations ours makes from the photo on. The style loss that it gets to is
 * what the peers have to reach, in twice as many at most. At 512 pixels, one takes four times as long as at 256.
 */
const COURSES: readonly Course[] = [
  { side: 256, iterations: 20 },
  { side: 512, iterations: 8 },
];
const QUICK: Course = { side: 128, iterations: 20 };
/** So many are enough for a speed, where the way down is known from another. */
const SAMPLES = 5;
/** Losses and gradients of two implementations differ by rounding, and not more. */
const TOLERANCE = 1e-3;

interface Course {
  readonly side: number;
  readonly iterations: number;
}

interface Comparison {
  readonly side: number;
  readonly lossError: number;
  readonly gradientError: number;
  /** The speed of a large matrix product on our runtime, measured in turns with the iterations. */
  readonly ceilingGflops: number;
  readonly results: readonly Result[];
}

export interface PeersOptions {
  readonly json?: boolean;
  readonly quick?: boolean;
}

/**
 * Compares the engine with PyTorch at the same work, in turns on the same machine: VGG-19's shape,
 * one photo, one painting, the same losses. It proves first that both compute the same losses.
 * @throws Error if PyTorch cannot be installed, or if not all compute the same
 */
export async function peers({ json = false, quick = false }: PeersOptions): Promise<void> {
  requireTorch();
  const product = await matrixProduct(onnxExecutor());
  const comparisons: Comparison[] = [];
  for (const course of quick ? [QUICK] : COURSES) {
    console.error(`comparing at ${course.side}×${course.side} pixels: about a minute on two cores`);
    const comparison = await compare(course, product);
    comparisons.push(comparison);
    if (!json) print(comparison);
  }
  if (json) console.log(JSON.stringify(comparisons, undefined, 2));
}

/**
 * @param product one run of a large matrix product, which gives its GFLOP/s
 * @throws Error if not all compute the same
 */
async function compare(
  { side, iterations }: Course,
  product: () => Promise<number>,
): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-peers-'));
  const runners: Runner[] = [];
  try {
    handOver(folder, vgg19Shape(), {
      content: await pictureAt('data/samples/dust-bowl-home.jpg', side),
      style: await pictureAt('data/styles/harbor-knife.jpg', side),
    });
    runners.push(await ours(folder, side, iterations));
    runners.push(await torch(folder, 'adam', 'openblas-pthread', 2 * iterations));
    runners.push(await torch(folder, 'lbfgs', 'openblas-pthread', 2 * iterations));
    runners.push(await torch(folder, 'adam', 'blas', SAMPLES));

    const lossError = largestError(runners.map(({ contestant }) => contestant.losses));
    const gradientError = largestError(runners.map(({ name }) => readFloats(join(folder, name))));
    if (!(lossError < TOLERANCE && gradientError < TOLERANCE))
      throw new Error(
        `not all compute the same, so there is nothing to compare: losses differ by ${lossError}, gradients by ${gradientError}`,
      );

    const ceilings: number[] = [];
    const results = await race(runners, async () => void ceilings.push(await product()));
    return { side, lossError, gradientError, ceilingGflops: median(ceilings), results };
  } finally {
    await Promise.all(runners.map(({ contestant }) => contestant.leave()));
    rmSync(folder, { recursive: true });
  }
}

async function ours(folder: string, side: number, patience: number): Promise<Runner> {
  const name = 'ours, Adam';
  const args = ['--import', 'tsx', beside('ours.ts'), folder, join(folder, name), String(side)];
  const contestant = await enter(process.execPath, args, workerEnvironment(process.env));
  return { name, contestant, patience };
}

async function torch(
  folder: string,
  method: 'adam' | 'lbfgs',
  blas: Blas,
  patience: number,
): Promise<Runner> {
  const name = `PyTorch, ${method === 'adam' ? 'Adam' : 'L-BFGS'}, ${blas}`;
  const threads = String(availableParallelism());
  const args = [beside('gatys.py'), folder, join(folder, name), method, threads];
  return { name, contestant: await enter(PYTHON, args, environmentWith(blas)), patience };
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function pictureAt(file: string, side: number) {
  const picture = await decodePicture(join(projectRoot, file), side, 'exactly');
  return resample(picture, { width: side, height: side });
}

/** The largest distance of the others from the first one, relative to its length. */
function largestError([first = new Float32Array(), ...others]: readonly Float32Array[]): number {
  const length = Math.sqrt(first.reduce((sum, value) => sum + value ** 2, 0));
  const distances = others.map((other) =>
    Math.sqrt(first.reduce((sum, value, i) => sum + (value - (other[i] ?? NaN)) ** 2, 0)),
  );
  return Math.max(...distances) / length;
}

function print({ side, lossError, gradientError, ceilingGflops, results }: Comparison): void {
  console.log(`${side}×${side} pixels, a matrix product at ${ceilingGflops.toFixed(0)} GFLOP/s`);
  console.log(
    `  losses agree within ${lossError.toExponential(0)}, gradients within ${gradientError.toExponential(0)}`,
  );
  for (const { name, iterations, iterationMs, timesTheLeader, reached, peakMegabytes } of results)
    console.log(
      [
        `  ${`${name}:`.padEnd(36)}`,
        `${iterationMs.toFixed(0)} ms per iteration,`,
        `${timesTheLeader.toFixed(2)} times ours,`,
        reached === undefined
          ? `style loss not reached in ${iterations} iterations,`
          : `style loss reached after ${reached.iterations} iterations in ${reached.seconds.toFixed(1)} s,`,
        `${peakMegabytes.toFixed(0)} MB`,
      ].join(' '),
    );
}
