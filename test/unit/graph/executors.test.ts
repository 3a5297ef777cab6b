import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { openTfjs } from '../../../src/graph/tfjs/load.js';
import { executorContract } from '../../support/executor-contract.js';

executorContract('cpu', () => Promise.resolve(onnxExecutor(2)));
executorContract('tfjs', openTfjs);
