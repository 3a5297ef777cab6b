import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../src/paths.js';
import { readDockerfile, type Instruction, type Stage } from './dockerfile.js';

/*
 * Builds an image without Docker: what the Dockerfile says to copy and to run is copied and run in a folder for each stage,
 * in which the image's paths begin. Not like Docker: the base images are this machine, whose Node and Debian packages are
 * taken; and of two steps that take minutes the outcome is taken from this checkout, where `npm ci` has done the same.
 */

export interface Build {
  /** Of all its stages. */
  readonly folder: string;
  /** Where a path of the image lies. */
  readonly at: (path: string) => string;
}

export async function buildStage(name: string): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), 'pentimento-image-'));
  await chmod(folder, 0o755); // the image's user is somebody else
  try {
    await make(name, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return { folder, at: (path) => join(folder, name, path) };
}

async function make(name: string, folder: string): Promise<void> {
  const stage = readDockerfile().find((one) => one.name === name);
  if (stage === undefined) return; // somebody else's image
  for (const source of sourcesOf(stage)) await make(source, folder);
  const root = join(folder, name);
  await mkdir(root);
  let workdir = '/';
  for (const { name: verb, rest } of stage.instructions) {
    if (verb === 'WORKDIR') workdir = rest;
    const cwd = join(root, workdir);
    await mkdir(cwd, { recursive: true });
    if (verb === 'COPY') await copy(rest, folder, root, workdir);
    if (verb === 'RUN') await run(rest, root, cwd);
  }
}

function sourcesOf({ instructions }: Stage): readonly string[] {
  const froms = instructions.map(({ rest }: Instruction) => /^--from=(\S+)/.exec(rest)?.[1]);
  return [...new Set(froms.filter((from) => from !== undefined))];
}

async function copy(rest: string, folder: string, root: string, workdir: string): Promise<void> {
  const [, from, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
  const words = paths.split(' ');
  const target = words.at(-1) ?? '';
  for (const source of words.slice(0, -1)) {
    // A folder's content is copied, a file into a folder keeps its name.
    const name = target.endsWith('/') ? (source.split('/').at(-1) ?? '') : '';
    const to = join(root, target.startsWith('/') ? '' : workdir, target, name);
    await mkdir(dirname(to), { recursive: true });
    // No stage that this one is made of is looked at again, and some of it is large.
    if (from !== undefined) await rename(join(folder, from, source), to);
    else
      await cp(join(projectRoot, source), to, {
        recursive: true,
        filter: (file) => !isIgnored(relative(projectRoot, file)),
      });
  }
}

async function run(rest: string, root: string, cwd: string): Promise<void> {
  const ours = join(projectRoot, 'node_modules');
  for (const command of rest.split(' && ')) {
    if (/^(apt-get|rm -rf \/var\/lib\/apt\/lists\/\*$)/.test(command)) continue;
    const [, compiled] = /^npm rebuild (\S+)$/.exec(command) ?? [];
    if (compiled !== undefined)
      await cp(join(ours, compiled, 'build'), join(cwd, 'node_modules', compiled, 'build'), {
        recursive: true,
      });
    else if (command.startsWith('npm ci') && !command.includes('--omit=dev'))
      await symlink(ours, join(cwd, 'node_modules'));
    else {
      const here = command.replace(/(?<= )\/(?=(app|data|models)\b)/g, `${root}/`);
      if (here.replaceAll(`${root}/`, '').includes(' /'))
        throw new Error(`this would leave the folder: ${command}`);
      // What "npm ci" of the checkout has fetched is not fetched again.
      const env = { ...process.env, npm_config_prefer_offline: 'true' };
      await promisify(execFile)('sh', ['-c', here], { cwd, env });
    }
  }
}

/** Whether .dockerignore keeps a path from Docker: the last line that fits it, or a folder that it is in, counts. */
export function isIgnored(path: string): boolean {
  const text = readFileSync(join(projectRoot, '.dockerignore'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const last = lines.findLast((line) => patternOf(line.replace(/^!/, '')).test(path));
  return last !== undefined && !last.startsWith('!');
}

function patternOf(line: string): RegExp {
  const escaped = line.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${escaped}(/|$)`);
}
