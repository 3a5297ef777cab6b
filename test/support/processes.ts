import { readdirSync, readFileSync } from 'node:fs';

/** A process as the kernel tells of it, so that nobody needs a way to be asked. Linux only. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** How long it has computed, in 1/100 s. */
  readonly ticks: number;
}

/** All processes that run now. */
export function processes(): readonly ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => infoOf(Number(name)) ?? []);
}

/** The processes that a process started. It costs a hundredth of what looking through all costs. */
export function childrenOf(pid: number): readonly ProcessInfo[] {
  const pids = contentOf(`/proc/${pid}/task/${pid}/children`)?.match(/\d+/g) ?? [];
  return pids.flatMap((child) => infoOf(Number(child)) ?? []);
}

/** A process, unless it has ended. */
export function infoOf(pid: number): ProcessInfo | undefined {
  // After the name in parentheses: state, parent, …; user time is the 14th field in all (proc(5)).
  const fields = contentOf(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ') ?? [];
  const [state, parent] = fields;
  // A process that has ended is listed as a zombie until its parent has noticed.
  if (state === undefined || state === 'Z') return undefined;
  return { pid, parent: Number(parent), ticks: Number(fields[11]) };
}

/** Whether a process, or the one that started it, was given this variable of the environment. */
export function hasVariable(pid: number, variable: string): boolean {
  return contentOf(`/proc/${pid}/environ`)?.split('\0').includes(variable) === true;
}

/** How a process was started: program and arguments, or nothing if it has ended. */
export function commandOf(pid: number): string {
  return contentOf(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
}

/** How much memory a process fills now, or has filled at most (both without what is swapped out), in megabytes. */
export function megabytesOf(pid: number, which: 'now' | 'peak'): number {
  const field = which === 'now' ? 'VmRSS' : 'VmHWM';
  const [, kibibytes] =
    new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(contentOf(`/proc/${pid}/status`) ?? '') ?? [];
  return Math.round((Number(kibibytes ?? 0) * 1024) / 1e6);
}

/** Undefined if the process ended while we looked. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
