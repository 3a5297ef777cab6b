import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { temporaryFolder } from './folder.js';
import { programFile } from './program.js';
import { expectNone, secretsIn } from './secrets.js';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  /** Where it is run. */
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdout?: 'pipe' | number;
  /** What is typed when the command has said something; asked until there is something to type. */
  readonly typed?: (said: string) => Promise<string> | undefined;
  /** Called once, in the middle of painting. */
  readonly halfway?: (child: ChildProcess) => void;
}

/** Runs the command line, by default in a folder of its own, and waits for its end. */
export async function pentimento(
  args: readonly string[],
  {
    folder = temporaryFolder(),
    env = {},
    stdout = 'pipe',
    typed,
    halfway = () => undefined,
  }: CommandOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [...programFile('cli'), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: [typed ? 'pipe' : 'ignore', stdout, 'pipe'],
  });
  let [out, err] = ['', ''];
  let typing: Promise<string> | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (typing !== undefined) return;
    typing = typed?.(out);
    typing?.then(
      (text) => child.stdin?.end(text),
      () => child.kill(),
    );
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    const before = err;
    err += chunk.toString();
    if (err.includes('50 %') && !before.includes('50 %')) halfway(child);
  });
  await once(child, 'close');
  expectNone(secretsIn(`what pentimento ${args[0] ?? ''} wrote`, out + err));
  return { code: child.exitCode, out, err };
}
