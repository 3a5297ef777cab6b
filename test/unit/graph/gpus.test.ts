import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hideSoftwareGpus, nvidiaGpus } from '../../../src/graph/gpus.js';
import { relu, input } from '../../../src/graph/operations.js';
import { onnxGpuExecutor } from '../../../src/graph/onnx/executor.js';
import { hasWebgpu, useSwiftShader } from '../../support/webgpu.js';
import { temporaryFolder } from '../../support/folder.js';

/** The environment of a machine on which NVIDIA's tool does this. */
function machine(script: string): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  const tool = join(folder, 'nvidia-smi');
  writeFileSync(tool, `#!/bin/sh\n${script}\n`);
  chmodSync(tool, 0o755);
  return { PATH: folder };
}

const [first, second] = [
  'GPU-5e3a1c8e-0a6b-1d2f-9c3e-7b1a2f4d6e80',
  'GPU-0f9b2d7c-4e1a-8b3c-6d5f-2a9c8e7b1d40',
];

describe("NVIDIA's GPUs", () => {
  it('are those that its tool lists', async () => {
    const listing = `[ "$1" = --query-gpu=uuid ] && printf '${first}\\n${second}\\n'`;
    expect(await nvidiaGpus(machine(listing))).toEqual([first, second]);
  });

  it.each([
    ['there is no such tool', () => ({ PATH: temporaryFolder() })],
    ['the tool fails', () => machine("echo 'NVIDIA-SMI has failed'; exit 9")],
    ['the tool has nothing to list', () => machine("echo 'No devices were found'")],
  ])('are none if %s', async (_, environment) => {
    expect(await nvidiaGpus(environment())).toEqual([]);
  });

  it.each([
    ['0,2', ['0', '2']],
    [`${first}, ${second}`, [first, second]],
    ['1,-1,0', ['1']],
    ['', []],
    ['-1', []],
  ])('are only those that CUDA_VISIBLE_DEVICES names: "%s"', async (visible, names) => {
    const environment = { ...machine(`echo ${first}`), CUDA_VISIBLE_DEVICES: visible };
    expect(await nvidiaGpus(environment)).toEqual(names);
  });
});

it.runIf(hasWebgpu)('drivers that only pretend to be a GPU can be hidden', async () => {
  useSwiftShader();
  hideSoftwareGpus();
  const graph = { y: relu(input('x', [1])) };
  await expect(onnxGpuExecutor('webgpu').compile(graph)).rejects.toThrow('No supported adapters');
});
