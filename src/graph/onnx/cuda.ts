import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Whether ONNX Runtime's library for CUDA is installed, which its npm package does not bring along. */
export function hasOnnxCuda(): boolean {
  const packaged = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return readdirSync(join(packaged, 'bin'), { recursive: true, encoding: 'utf8' }).some((file) =>
    file.endsWith('libonnxruntime_providers_cuda.so'),
  );
}
