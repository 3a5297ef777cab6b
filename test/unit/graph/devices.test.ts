import { describe, expect, it } from 'vitest';
import { mayUseCuda } from '../../../src/graph/cuda-gpus.js';
import { absenceOf, openDevice, openProven } from '../../../src/graph/devices.js';
import { hasGpu, hasNvidiaGpu } from '../../../src/graph/gpus.js';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { speedGraph, speedOf } from '../../../src/graph/speed.js';

describe('the choice of a device', () => {
  it('is the CPU if that is asked for', async () => {
    const { executor, problems } = await openDevice('cpu');
    expect(executor.device).toBe('cpu');
    expect(problems).toEqual([]);
  });

  it('is TensorFlow.js if that is asked for, even on the CPU', async () => {
    expect(await openDevice('tfjs')).toMatchObject({ executor: { device: 'tfjs' }, problems: [] });
  });

  it.skipIf(hasNvidiaGpu())('falls back to the CPU, and says why in one line', async () => {
    const { executor, problems } = await openDevice('cuda');
    expect(executor.device).toBe('cpu');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^the device cuda cannot be used \(.+\)$/);
  });

  it.skipIf(hasGpu())(
    'is the CPU on a machine without a GPU, whatever its software pretends',
    async () => {
      const { executor, problems } = await openDevice('auto');
      expect(executor.device).toBe('cpu');
      expect(problems).toEqual([]);
    },
  );
});

it.skipIf(hasNvidiaGpu())('what is not there is said before it is tried', async () => {
  expect(absenceOf('cpu')).toBeUndefined();
  expect(absenceOf('tfjs')).toBeUndefined();
  expect(absenceOf('cuda')).toBe('there is no NVIDIA GPU');
  expect(mayUseCuda('auto')).toBe(false);
  await expect(openProven('cuda')).rejects.toThrow();
});

it('the speed of a device is that of its arithmetic', async () => {
  const speed = await speedOf(onnxExecutor(1), speedGraph());
  // Some machine between a first Raspberry Pi's core and a hundred of today's.
  expect(speed).toBeGreaterThan(0.05);
  expect(speed).toBeLessThan(1e5);
});
