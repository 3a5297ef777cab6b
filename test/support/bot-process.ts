import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { projectRoot } from '../../src/paths.js';

export interface BotProcess {
  /** Everything it has written so far, on both outputs. */
  readonly output: () => string;
  /** Process ids of its render workers that are in the middle of a picture. */
  readonly painters: () => readonly number[];
  /** Sends a signal and waits for the end; gives the exit code, or the signal that ended it. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | NodeJS.Signals>;
}

/**
 * The bot as an operator runs it: its own process, signed in to the server at `url`, its data in `folder`. Pictures
 * are small and the queue's leases short, so that tests are quick.
 */
export async function startBotProcess(options: {
  readonly url: string;
  readonly accessToken: string;
  readonly folder: string;
}): Promise<BotProcess> {
  const config = join(options.folder, 'settings.yaml');
  writeFileSync(config, 'render: { size: 96 }\nqueue: { leaseSeconds: 2 }\n');
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'bot'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      MASTODON_URL: options.url,
      MASTODON_ACCESS_TOKEN: options.accessToken,
      PENTIMENTO_DATA: options.folder,
      PENTIMENTO_CONFIG: config,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!output.includes('Listening on')) {
    if (child.exitCode !== null) throw new Error(`the bot did not start: ${output}`);
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }
  return {
    output: () => output,
    painters: () => paintersOf(child),
    async end(signal) {
      const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
      child.kill(signal);
      const [code, killer] = await exit;
      return code ?? killer ?? NaN;
    },
  };
}

/** Loading the network takes a worker about one second of computing; who has computed for longer is painting. */
const PAINTING_TICKS = 300; // of 10 ms

/** From the kernel, so that the bot needs no way to be asked. */
function paintersOf({ pid }: ChildProcess): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // Past the name in parentheses: state, parent, …; user time is the 14th field in all (see proc(5)).
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        return Number(fields[1]) === pid && Number(fields[11]) > PAINTING_TICKS;
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}
