import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEnvironment } from '../../src/render/worker-environment.js';
import type { shapes } from './shapes.js';

export interface Case {
  readonly network: 'inception-v3' | keyof typeof shapes | 'classifier';
  readonly width: number;
  readonly height: number;
}

export interface Measurement {
  readonly network: string;
  readonly width: number;
  readonly height: number;
  /** Median time of one iteration: all losses and the gradient; or of classifying one picture. */
  readonly iterationMs: number;
  /** What the graph's convolutions and products amount to in that time. */
  readonly gflops: number;
  /** The speed of a large matrix product on the same runtime, measured in turns with the iterations. */
  readonly ceilingGflops: number;
  readonly ratio: number;
  readonly peakMegabytes: number;
}

const cases: readonly Case[] = [
  { network: 'inception-v3', width: 256, height: 192 },
  { network: 'inception-v3', width: 512, height: 384 },
  { network: 'vgg19', width: 256, height: 256 },
  { network: 'vgg19', width: 512, height: 512 },
  { network: 'distilled', width: 256, height: 256 },
  { network: 'distilled', width: 512, height: 512 },
  { network: 'classifier', width: 299, height: 299 },
];

export interface SpeedOptions {
  readonly json?: boolean;
}

/**
 * Measures one iteration of the engine at several networks and sizes, and one run of the
 * classifier, against the speed of a large matrix product on the same machine.
 */
export async function speed({ json = false }: SpeedOptions): Promise<void> {
  console.error(`measuring ${cases.length} cases: about two minutes on two cores`);
  const measurements: Measurement[] = [];
  for (const each of cases) {
    const child = fork(fileURLToPath(new URL('measure.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
      env: workerEnvironment(process.env),
    });
    child.send(each);
    const [measurement] = (await once(child, 'message')) as [Measurement];
    measurements.push(measurement);
    if (!json) console.log(line(measurement));
  }
  if (json) console.log(JSON.stringify(measurements, undefined, 2));
}

function line(m: Measurement): string {
  return [
    `${m.network} ${m.width}×${m.height}:`.padEnd(40),
    `${m.iterationMs.toFixed(0)} ms per iteration,`,
    `${m.gflops.toFixed(0)} GFLOP/s,`,
    `${(100 * m.ratio).toFixed(0)} % of the ${m.ceilingGflops.toFixed(0)} GFLOP/s of a matrix product,`,
    `${m.peakMegabytes.toFixed(0)} MB`,
  ].join(' ');
}
