import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { projectRoot } from '../../src/paths.js';

/** Those that take minutes, the longest first. */
const long = [
  'chaos/storm',
  'chaos/killings',
  'end-to-end/cli',
  'chaos/fleet',
  'end-to-end/conversation',
  'end-to-end/painting',
  'end-to-end/operator',
  'queue/fairness',
  'end-to-end/bot',
  'render/pool',
  'platforms/snac2',
  'chaos/cuts',
  'chaos/x',
  'moving/command',
].map((name) => `test/${name}.test.ts`);

/** Begins with the files that take longest, so that none of them is left alone at the end, beside an idle processor. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const i = long.indexOf(relative(projectRoot, moduleId));
      return i < 0 ? long.length : i;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
