import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxExecutor } from '../../../src/graph/onnx/executor.js';
import { loadInceptionV3 } from '../../../src/networks/nsfwjs.js';
import type { Network } from '../../../src/networks/network.js';
import { projectRoot } from '../../../src/paths.js';
import { classifierOn } from '../../../src/render/classify.js';
import { faceFinder } from '../../../src/render/faces.js';
import type { RenderJob } from '../../../src/render/job.js';
import type { SafetyPolicy } from '../../../src/render/safety.js';
import { paint } from '../../../src/render/studio.js';
import { temporaryFolder } from '../../support/folder.js';
import { counting } from '../../support/listening.js';
import { usual } from '../../support/jobs.js';
import { tinyPainter } from '../../support/tiny-network.js';

const policy: SafetyPolicy = { porn: 'sensitive', hentai: 'off', sexy: 'off', threshold: 0.5 };
/**
 * No picture that is truly indecent is kept here. A softmax is never quite 0, so with a threshold as low as this the
 * most harmless picture counts.
 */
const EVERYTHING = 1e-12;

const photo = join(projectRoot, 'data/samples/lily-leek.jpg');
const painting = join(projectRoot, 'data/styles/lighthouse-eddies.jpg');

function job(safety?: SafetyPolicy): RenderJob {
  return {
    ...usual,
    content: photo,
    styles: [{ file: painting, weight: 1 }],
    output: join(temporaryFolder(), 'painted.jpg'),
    size: 64,
    faces: false,
    ...(safety && { safety }),
  };
}

let network: Network;
beforeAll(async () => {
  network = await loadInceptionV3();
});

/** Paints with a small network, classifies with the real one, and tells how often the latter ran. */
async function painted(job: RenderJob) {
  const real = onnxExecutor(2);
  const { executor, runs } = counting(real);
  const classify = classifierOn(() => Promise.resolve(network), executor);
  const studio = { ...tinyPainter(real), classify, findFaces: faceFinder() };
  const result = await paint(studio, job);
  return { ...result, looks: runs() };
}

describe('a job with a safety policy', () => {
  it('looks at the photo and at the painting, and finds harmless ones harmless', async () => {
    expect(await painted(job(policy))).toMatchObject({ sensitive: false, looks: 2 });
  });

  it('gives a picture that is to be marked, if one of them is likely enough what the policy marks', async () => {
    const marked = job({ ...policy, threshold: EVERYTHING });
    expect(await painted(marked)).toMatchObject({ sensitive: true, looks: 2 });
    expect(existsSync(marked.output)).toBe(true);
  });

  it('is refused before anything is painted, by the name of the picture, if one is likely what the policy refuses', async () => {
    const refused = job({ ...policy, porn: 'refuse', threshold: EVERYTHING });
    await expect(painted(refused)).rejects.toMatchObject({ problem: 'unsafe', file: photo });
    expect(existsSync(refused.output)).toBe(false);
  });

  it('tells the photo from the painting', async () => {
    // Between what the network thinks of the two: 1e-5 of the photo, 1e-4 of the painting.
    const between = { ...policy, hentai: 'refuse', porn: 'off', threshold: 4e-5 } as const;
    await expect(painted(job(between))).rejects.toMatchObject({ file: painting });
  });
});

describe('nobody looks at the pictures', () => {
  it.each([
    ['without a policy, as on the command line', undefined],
    ['when every class is off', { ...policy, porn: 'off', threshold: EVERYTHING } as const],
  ])('%s', async (_, safety) => {
    expect(await painted(job(safety))).toMatchObject({ sensitive: false, looks: 0 });
  });
});
