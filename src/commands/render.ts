import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { housePaintings, paintingNames } from '../collection.js';
import { loadConfig } from '../config.js';
import { cudaGpus } from '../graph/cuda-gpus.js';
import type { DeviceChoice } from '../graph/executor.js';
import { createLog } from '../log.js';
import { chosenNetwork, UnknownNetwork } from '../networks/shelf.js';
import { PictureError, type RenderJob, type RenderProgress } from '../render/job.js';
import { isWritable, requireWritable } from '../render/encode.js';
import { outputEndings } from '../render/endings.js';
import { RenderPool, WorkerLost } from '../render/pool.js';
import type { Settings } from '../requests/parameters.js';
import { UsageError } from './errors.js';
import { showProgress, type ProgressDisplay } from './progress.js';

export interface RenderArguments extends Omit<Settings, 'blend'> {
  readonly content: string;
  readonly style: readonly string[];
  readonly blend?: readonly number[];
  readonly output?: string;
  readonly dream?: boolean;
  readonly variations?: boolean;
  readonly network?: string;
  readonly device?: DeviceChoice;
}

/** `pentimento render`: paints one picture and prints where it is. */
export async function renderCommand(given: RenderArguments, signal: AbortSignal): Promise<void> {
  const {
    content,
    style,
    blend,
    dream = false,
    variations = false,
    network,
    device,
    ...settings
  } = given;
  const output = given.output ?? defaultOutput(content, dream ? 'dream' : 'painted');
  if (dream && (variations || style.length > 0 || blend !== undefined))
    throw new UsageError(
      '--dream takes no painting and makes one picture; leave out --style, --blend and --variations',
    );
  if (blend !== undefined && blend.length !== style.length)
    throw new UsageError(
      `--blend takes a number for each --style: ${style.length}, and not ${blend.length}`,
    );
  const files = await Promise.all(style.map(paintingFor));
  if (!isWritable(output)) throw new UsageError(`--output must end in ${outputEndings}: ${output}`);
  if (!(await stat(dirname(output)).catch(() => undefined))?.isDirectory())
    throw new UsageError(`there is no folder ${dirname(output)} to write ${basename(output)} to`);
  for (const input of [content, ...files])
    if (await isSameFile(input, output))
      throw new UsageError(`the result would replace ${input}; choose another name with --output`);
  await requireWritable(output);
  const pool = await openPool(network, device);
  // Begun with the first step: what is told of a device before would be wiped with the bar.
  let progress: ProgressDisplay | undefined;
  try {
    const common = {
      ...settings,
      faces: settings.faces === 'on',
      content: resolve(content),
      output: resolve(output),
    };
    const styles = files
      .map((file, i) => ({ file: resolve(file), weight: blend?.[i] ?? 1 }))
      .filter(({ weight }) => weight > 0);
    const job: RenderJob = dream
      ? { ...common, effect: 'dream' }
      : { ...common, effect: variations ? 'variations' : 'painting', styles };
    const onProgress = ({ fraction }: RenderProgress) =>
      (progress ??= showProgress()).update(fraction);
    const { width, height, seconds } = await pool
      .paint(job, { onProgress, signal })
      .finally(() => progress?.stop());
    console.log(`${output}: ${width}×${height} pixels, painted in ${seconds.toFixed(1)} s`);
  } catch (error) {
    if (error instanceof PictureError) {
      const asGiven = [content, ...files].find((file) => resolve(file) === error.file);
      throw new Error(`${asGiven ?? error.file}: ${error.message}`, { cause: error });
    }
    if (error instanceof WorkerLost)
      throw new Error(`the picture could not be painted: ${error.message}`, { cause: error });
    throw error;
  } finally {
    pool.close();
  }
}

/** As long as a timer can wait: whoever waits at a terminal decides how long is too long. */
const NO_HURRY_MS = 2 ** 31 - 1;

/**
 * One worker, which paints as a bot's does.
 * @throws UsageError if there is no network of that name; NetworkError if it is not here
 */
async function openPool(
  chosen: string | undefined,
  wanted: DeviceChoice | undefined,
): Promise<RenderPool> {
  const { models, render } = loadConfig();
  const network = chosen ?? render.network;
  const device = wanted ?? render.device;
  await chosenNetwork(network, models.folder).catch((error: unknown) => {
    throw error instanceof UnknownNetwork ? new UsageError(error.message) : error;
  });
  return new RenderPool({
    workers: 1,
    gpus: await cudaGpus(device),
    studio: { network, device, models: models.folder },
    silenceMs: render.silenceSeconds * 1000,
    jobMs: NO_HURRY_MS,
    memoryBytes: Infinity,
    onProblem: (problem) => console.error(`pentimento: ${problem}`),
    log: createLog('silent'),
  });
}

/** Whether two names, or links, lead to one file. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [a, b].map((file) => stat(file, { bigint: true }).catch(() => undefined)),
  );
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}

/**
 * The file of a painting: as it is named, or one of ours by its name.
 * @throws UsageError if it is neither, and does not look like a file's name
 */
async function paintingFor(name: string): Promise<string> {
  const isFile = await stat(name).catch(() => undefined);
  if (isFile || extname(name) !== '') return name;
  const ours = housePaintings().find((painting) => painting.name === name.toLowerCase());
  if (ours !== undefined) return ours.file;
  throw new UsageError(
    `--style ${name} is no file, and none of our paintings, which are ${paintingNames().join(', ')}`,
  );
}

/** photo.jpg → photo-painted.jpg in the current folder. */
function defaultOutput(content: string, what: string): string {
  return join('.', `${basename(content, extname(content))}-${what}.jpg`);
}
