import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { projectRoot } from '../../src/paths.js';

/** Files that take a minute and more, the longest first. `npm run test:durations` has the figures. */
const long = [
  'chaos/killings',
  'browser/painting-bot',
  'chaos/fleet',
  'integration/cli',
  'chaos/storm',
  'repo/hosting/image',
  'integration/conversation',
  'integration/render/pool',
  'integration/manners',
  'integration/deletion',
  'integration/disk',
  'integration/models',
  'integration/shutdown',
  'integration/x',
  'integration/api',
  'postgres/end-to-end',
  'postgres/database',
  'platforms/snac2',
  'smoke/pages',
  'smoke/mention',
].map((name) => `test/${name}.test.ts`);

/** Begins with the files that take longest, so that none is left alone at the end on one core. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const i = long.indexOf(relative(projectRoot, moduleId));
      return i < 0 ? long.length : i;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
