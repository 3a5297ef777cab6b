import type { WorkerReport } from './job.js';

/*
 * The process that paints. It lives apart from the bot because pictures come from strangers and decoders have bugs:
 * whatever a file does to this process, the bot lives on and starts another. It paints one job at a time.
 */

/** Often enough that a silence of a few of these means trouble. */
const HEARTBEAT_MS = 1000;

function beat(): void {
  const report: WorkerReport = { type: 'heartbeat', memory: process.memoryUsage.rss() };
  // The bot may be gone already; then the 'disconnect' below ends this process.
  if (process.connected) process.send?.(report, () => undefined);
}

process.on('disconnect', () => process.exit());
// The bot may have died while this file was loading; that was the event, and there will be no other.
if (!process.connected) process.exit();
// A Ctrl-C in the terminal reaches the whole process group, and so does the end of a service under systemd; the bot
// decides what becomes of the job.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
setInterval(beat, HEARTBEAT_MS);
// Only now: on a busy machine it takes so long that the bot would take the silence for a hang. Jobs wait meanwhile.
await import('./work.js');
