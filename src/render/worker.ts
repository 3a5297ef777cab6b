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
 * The process that paints. It lives apart from the bot because pictures come from strangers and decoders have bugs:
 * whatever a file does to this process, the bot lives on and starts another. It paints one job at a time.
 */

/** Often enough that a silence of a few of these means trouble. */
const HEARTBEAT_MS = 1000;

const options = studioOptionsSchema.parse(JSON.parse(process.argv[2] ?? ''));
let studio: Promise<Studio> | undefined;

const ignoreError = () => undefined;

function report(message: WorkerReport): void {
  // The bot may be gone already; then the 'disconnect' below ends this process.
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
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}

process.on('message', (message: unknown) => {
  void work(renderJobSchema.parse(message));
});
process.on('disconnect', () => process.exit());
// The bot may have died while this file was loading; that was the event, and there will be no other.
if (!process.connected) process.exit();
// A Ctrl-C in the terminal reaches the whole process group, and so does the end of a service under systemd; the bot
// decides what becomes of the job.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
setInterval(() => report({ type: 'heartbeat', memory: process.memoryUsage.rss() }), HEARTBEAT_MS);
