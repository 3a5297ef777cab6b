import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/log.js';
import { RenderPool } from '../../src/render/pool.js';
import { usual } from '../support/jobs.js';
import { housePairs } from '../support/pairs.js';

export interface RowOptions {
  /** How many. */
  readonly pictures: number;
  /** Longest side, in pixels. */
  readonly size: number;
}

/**
 * Paints many pictures in a row in one worker, as a bot does, and prints time and memory of each.
 * The worker's memory should not grow. From the second picture on, the worker should use its
 * cached analysis of the painting.
 */
export async function row({ pictures, size }: RowOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pentimento-row-'));
  const pool = new RenderPool({
    workers: 1,
    studio: { network: 'auto', device: 'auto' },
    gpus: [],
    silenceMs: 60_000,
    jobMs: 3_600_000,
    memoryBytes: 16e9,
    log: createLog('warn'),
  });
  try {
    const [pair] = housePairs;
    if (pair === undefined) throw new Error('no pair');
    const pids = new Set<number>();
    for (let picture = 1; picture <= pictures; picture++) {
      const start = performance.now();
      await pool.paint(
        {
          ...usual,
          content: pair.content,
          styles: [{ file: pair.style, weight: 1 }],
          output: join(folder, 'painted.jpg'),
          size,
          faces: true,
        },
        { onProgress: () => pool.painting.forEach((pid) => pids.add(pid)) },
      );
      const seconds = (performance.now() - start) / 1e3;
      const memory = [...pids].map(
        (pid) => `${megabytes(pid, 'VmRSS')} MB, at most ${megabytes(pid, 'VmHWM')} MB`,
      );
      console.log(`picture ${picture}: ${seconds.toFixed(1)} s, then ${memory.join(' and ')}`);
    }
  } finally {
    pool.close();
    rmSync(folder, { recursive: true });
  }
}

/** What a process fills of the memory, now (VmRSS) or at most so far (VmHWM). */
function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1];
  return (Number(kilobytes) / 1e3).toFixed(0);
}
