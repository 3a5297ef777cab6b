import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Role } from '../../src/front.js';
import { projectRoot } from '../../src/paths.js';
import { childrenOf } from './processes.js';
import { programFile } from './program.js';
import { expectNone, secretsIn } from './secrets.js';

export interface BotProcess {
  readonly pid: number;
  /** Everything it has written so far, on both outputs. */
  readonly output: () => string;
  /** Process ids of its render workers that are in the middle of a picture. */
  readonly painters: () => readonly number[];
  /** Sends a signal and waits for the end; gives the exit code, or the signal that ended it. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | NodeJS.Signals>;
  /** Waits for an end that it comes to by itself, or by a signal sent earlier. */
  readonly ended: () => Promise<number | NodeJS.Signals>;
  /** Where its sandbox is; or its account. */
  readonly url: string;
}

/**
 * Settings with which a picture takes a second or two, work left behind by a crash is soon taken up, and whatever could tell a
 * secret is logged; and more, as YAML,
 * where a section of one of these names takes its place. The account is empty, not missing: a developer's own one, in
 * the environment or in .env, must not be used.
 */
export function quickSettings(folder: string, more = ''): NodeJS.ProcessEnv {
  const file = join(folder, 'settings.yaml');
  const quick = { render: '{ size: 64 }', queue: '{ leaseSeconds: 2 }', logLevel: 'debug' };
  const sections = Object.entries(quick).filter(([name]) => !more.includes(`${name}:`));
  writeFileSync(file, [...sections.map((section) => section.join(': ')), more].join('\n'));
  return {
    PENTIMENTO_CONFIG: file,
    PENTIMENTO_DATA: folder,
    PENTIMENTO_PORT: '0',
    MASTODON_URL: '',
    MASTODON_ACCESS_TOKEN: '',
  };
}

/** How the bot is started. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  /** Over the settings of the test. */
  readonly env: NodeJS.ProcessEnv;
}

export const ours: Program = {
  command: [process.execPath, ...programFile('cli'), 'bot'],
  folder: projectRoot,
  env: {},
};

/** One of several processes on a database. */
export function oneOn(database: string, role: Role): Program {
  const command = [process.execPath, ...programFile('cli'), role] as const;
  return { ...ours, command, env: { DATABASE_URL: database } };
}

/**
 * The bot as an operator runs it: its own process, its data in `folder`, signed in to an account or else in its own
 * sandbox; with the quick settings, and more.
 */
export async function startBotProcess(
  folder: string,
  account?: { readonly url: string; readonly accessToken: string },
  settings?: string,
  program = ours,
): Promise<BotProcess> {
  const [command, ...args] = program.command;
  const child = spawn(command, args, {
    cwd: program.folder,
    env: {
      ...process.env,
      ...quickSettings(folder, settings),
      ...program.env,
      ...(account && { MASTODON_URL: account.url, MASTODON_ACCESS_TOKEN: account.accessToken }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
    expectNone(secretsIn('what the bot wrote', output));
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = () => /(?:Listening as|try the bot in:) (\S+[^.\s])/.exec(output)?.[1];
  while (!/^(Listening as|No account is configured|Painting what waits)/m.test(output)) {
    if (child.exitCode !== null) throw new Error(`the bot did not start: ${output}`);
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }
  const ended = async () => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode ?? NaN;
  };
  return {
    pid: child.pid ?? NaN,
    url: url() ?? '',
    output: () => output,
    painters: () => paintersOf(child),
    ended,
    end(signal) {
      child.kill(signal);
      return ended();
    },
  };
}

/**
 * Loading the network and looking at two pictures takes a worker about two seconds of computing; who has computed for
 * longer is painting.
 */
const PAINTING_TICKS = 300; // of 10 ms

function paintersOf({ pid }: ChildProcess): readonly number[] {
  return childrenOf(pid ?? NaN)
    .filter(({ ticks }) => ticks > PAINTING_TICKS)
    .map((painter) => painter.pid);
}
