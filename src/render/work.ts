import { reasonOf } from '../reason.js';
import { openStudio, paint, type Studio } from './studio.js';
import {
  PictureError,
  renderJobSchema,
  studioOptionsSchema,
  type RenderJob,
  type RenderProgress,
  type WorkerReport,
} from './job.js';

/*
 * What a worker does with the jobs that the bot sends it, and tells of them.
 */

const options = studioOptionsSchema.parse(JSON.parse(process.argv[2] ?? ''));
let studio: Promise<Studio> | undefined;

const ignoreError = () => undefined;

function report(message: WorkerReport): void {
  // The bot may be gone already, which ends this process.
  if (process.connected) process.send?.(message, ignoreError);
}

async function work(job: RenderJob): Promise<void> {
  try {
    studio ??= open();
    const onProgress = (progress: RenderProgress) => report({ type: 'progress', progress });
    const painted = await paint(await studio, job, onProgress);
    report({ type: 'painted', painted });
  } catch (error) {
    report(asReport(error));
  }
}

async function open(): Promise<Studio> {
  const problems: string[] = [];
  const opened = await openStudio(options, (problem) => problems.push(problem));
  report({ type: 'opened', device: opened.executor.name, problems });
  return opened;
}

function asReport(error: unknown): WorkerReport {
  if (error instanceof PictureError) {
    const { problem, file, message } = error;
    return { type: 'refused', problem, file, message };
  }
  return { type: 'failed', message: reasonOf(error) };
}

process.on('message', (message: unknown) => {
  void work(renderJobSchema.parse(message));
});
