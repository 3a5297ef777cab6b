import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/paths.js';
import { program } from '../bench/program.js';

const names = program.commands.map((command) => command.name());

/** The exit code of `npm run bench -- ARGS`, and all that it prints. */
function bench(...args: readonly string[]): Promise<{ code: unknown; text: string }> {
  const command = ['--import', 'tsx', 'test/bench/cli.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: projectRoot }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, text: stdout + stderr });
    });
  });
}

it('without a name, with an unknown one or with --help it lists all benchmarks', async () => {
  const [none, unknown, help] = await Promise.all([bench(), bench('fases'), bench('--help')]);
  expect([none.code, unknown.code, help.code]).toEqual([2, 2, 0]);
  expect(unknown.text).toContain('Did you mean faces?');
  for (const { text } of [none, unknown, help])
    expect([...text.matchAll(/^ {2}(\w+) {2,}\w/gm)].map(([, name]) => name)).toEqual(names);
});

it.each(names)('%s can be loaded without being run', async (name) => {
  const file = new URL(`../bench/${name}.ts`, import.meta.url).href;
  const loaded = (await import(file)) as Record<string, unknown>;
  expect(loaded[name]).toBeTypeOf('function');
});

describe('the docs', () => {
  const pages = [
    ...['README.md', 'CHANGELOG.md'],
    ...readdirSync(join(projectRoot, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const commands = pages.flatMap((page) => {
    const text = readFileSync(join(projectRoot, page), 'utf8');
    return [...text.matchAll(/npm run bench\s+--\s+([^`\n]+)/g)]
      .map(([, words = '']) => ({ page, words: words.trim().split(/\s+/) }))
      .filter(({ words }) => words[0] !== 'NAME');
  });

  it('name every benchmark in the README', () => {
    const named = commands
      .filter(({ page }) => page === 'README.md')
      .map(({ words: [name] }) => name);
    expect(new Set(named)).toEqual(new Set(names));
  });

  it('show only commands that are understood', async () => {
    for (const command of program.commands) command.action(() => undefined);
    for (const { words } of commands)
      await expect(program.parseAsync(words, { from: 'user' })).resolves.toBe(program);
  });
});
