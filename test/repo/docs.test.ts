import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { projectRoot } from '../../src/paths.js';

const read = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  ...readdirSync(join(projectRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

it.each([
  ['the tables of the README and of the docs', 'docs/tables.ts'],
  ['the diagram of the architecture', 'docs/images/architecture.ts'],
])('%s are what %s writes', (_, script) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, '--check'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('the index has every page of the docs', () => {
  const index = read('docs/README.md');
  for (const page of pages.filter((name) => name.startsWith('docs/') && name !== 'docs/README.md'))
    expect(index).toContain(`](${relative('docs', page)})`);
});

/** Lines of code: of blocks, and what stands between backticks in a text. */
function codeIn(page: string): readonly string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/^( *)```\w*\n([^]*?)\n\1```/gm)].map(([, , code = '']) =>
    code.replaceAll(/ \\\n\s*/g, ' '),
  );
  const prose = text.replaceAll(/^( *)```\w*\n[^]*?\n\1```/gm, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks.flatMap((block) => block.split('\n')), ...spans];
}

/** The words of a command, as a shell would take them apart; up to where another command begins. */
function wordsOf(command: string): readonly string[] {
  const [first = ''] = command.replaceAll(/\$\([^)]*\)/g, 'x').split(/ (?:#|&&|\||>) ?|; /);
  return [...first.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** As it is started in a checkout, by another user, installed, and in a container; with what follows. */
const STARTED =
  /(?:^|&& |^[A-Z_]+=\S+ (?:.* )?)(?:(?:sudo -u pentimento )?(?:npx )?pentimento|docker compose exec bot node dist\/cli\.js|docker compose run --rm bot)(?: (.*))?$/;

const commands = pages.flatMap((page) =>
  codeIn(page).flatMap((line) => {
    const [, rest] = STARTED.exec(line) ?? [];
    return rest === undefined ? [] : [{ page, line, words: wordsOf(rest) }];
  }),
);

function doNothing(command: Command): void {
  if (command.commands.length === 0) command.action(() => undefined);
  command.commands.forEach(doNothing);
}

describe('every command in the docs', () => {
  let program: Command;
  beforeAll(async () => {
    // The command line as it is, kept from doing anything: what is asked is whether it understands.
    const parse = vi
      .spyOn(Command.prototype, 'parseAsync')
      .mockImplementation(() => Promise.resolve(new Command()));
    await import('../../src/cli.js');
    const [found] = parse.mock.contexts;
    parse.mockRestore();
    if (!(found instanceof Command)) throw new Error('the command line was not read');
    program = found;
    doNothing(program);
  });

  it('there are some, on most pages', () => {
    expect(commands.length).toBeGreaterThan(40);
    expect(new Set(commands.map(({ page }) => page)).size).toBeGreaterThan(6);
  });

  it.each(commands.filter(({ words }) => words.join() !== '…'))(
    '$page: $line',
    async ({ words }) => {
      // "pentimento login" in a text names a command; "--help" and "--version" end the process.
      const names = ['--help', '--version', ...program.commands.map((command) => command.name())];
      if (words.length === 1) expect(names).toContain(words[0]);
      else await expect(program.parseAsync(words, { from: 'user' })).resolves.toBe(program);
    },
  );

  it('the test would notice one that is wrong', async () => {
    for (const words of [['queue', 'lost'], ['render', '--contents', 'x'], ['backup']])
      await expect(program.parseAsync(words, { from: 'user' })).rejects.toThrow();
  });
});

it('every script of npm that the docs name is there', () => {
  const schema = z.object({ scripts: z.record(z.string(), z.string()) });
  const { scripts } = schema.parse(JSON.parse(read('package.json')));
  const named = pages.flatMap((page) =>
    codeIn(page).flatMap((line) =>
      [...line.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script),
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  for (const script of named) expect(Object.keys(scripts)).toContain(script);
});

/** As GitHub makes an anchor of a heading. */
function anchorsIn(page: string): readonly string[] {
  const headings = read(page)
    .replaceAll(/^( *)```\w*\n[^]*?\n\1```/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(pages)('every link in %s leads to something', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
    ([, link = '']) => link,
  );
  const isBroken = (link: string) => {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(projectRoot, file))) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsIn(file).includes(anchor);
  };
  expect(links.filter(isBroken)).toEqual([]);
});

it('every file of the project that the docs name in backticks is there', () => {
  for (const page of pages)
    for (const code of codeIn(page)) {
      const [path] = /^(?:src|test|docs|config|models|data)\/[\w./-]+\.\w+$/.exec(code) ?? [];
      // Settings of the operator's own, which a new checkout does not have.
      if (path !== undefined && !/local\.yaml$|sqlite3/.test(path))
        expect(existsSync(join(projectRoot, path)), `${page}: ${code}`).toBe(true);
    }
});
