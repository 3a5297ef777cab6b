import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../src/paths.js';

export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  readonly name: string;
  /** An image of somebody else's, or the name of a stage before. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of the project's Dockerfile, in order; the last one, without a name, is called "". */
export function readDockerfile(): readonly Stage[] {
  const text = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    const [, base, called = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
    if (name === 'FROM' && base !== undefined)
      stages.push({ name: called, base, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, rest: rest.replace(/\s+/g, ' ').trim() });
  }
  return stages;
}

/** @throws Error if there is none of that name */
export function stageNamed(name: string): Stage {
  const stage = readDockerfile().find((one) => one.name === name);
  if (stage === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return stage;
}

/** What a stage inherits and says itself, in order. */
function inherited({ base, instructions }: Stage): readonly Instruction[] {
  const below = readDockerfile().find(({ name }) => name === base);
  return [...(below === undefined ? [] : inherited(below)), ...instructions];
}

/** Everything that such an instruction says: the last one counts, but for ENV and RUN. */
export function said(stage: Stage, instruction: string): readonly string[] {
  return inherited(stage)
    .filter(({ name }) => name === instruction)
    .map(({ rest }) => rest);
}

/** The variables of an image. */
export function environmentOf(stage: Stage): Readonly<Record<string, string>> {
  const pairs = said(stage, 'ENV').flatMap((rest) => rest.split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}

/** Of an instruction in JSON, such as ENTRYPOINT. */
export function listOf(stage: Stage, instruction: string): readonly string[] {
  return JSON.parse(said(stage, instruction).at(-1) ?? '[]') as string[];
}
