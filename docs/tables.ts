/**
 * Writes the tables of docs/conversation.md and of the README, which say what src/requests/parameters.ts and actions.ts say,
 * and that of docs/x.md, which is computed from src/platforms/x/prices.ts:
 * npx tsx docs/tables.ts [--check]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { housePaintings } from '../src/collection.js';
import { projectRoot } from '../src/paths.js';
import { costPer1000, dollars, requestNames } from '../src/platforms/x/prices.js';
import { actionNames, actions } from '../src/requests/actions.js';
import { parameterNames, parameterOf, type Parameter } from '../src/requests/parameters.js';
import { writeOrCheck } from './generated.js';

const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/conversation.md': {
    parameters: parameterTable(),
    actions: actionTable(),
    paintings: paintingTable(),
  },
  'docs/x.md': { costs: costTable() },
  'README.md': { options: optionTable() },
};

writeOrCheck(
  Object.fromEntries(
    Object.entries(tables).map(([name, places]) => {
      const text = readFileSync(join(projectRoot, name), 'utf8');
      return [name, Object.entries(places).reduce(between, text)];
    }),
  ),
);

/** A text with a table between the two marks of that name, in place of whatever is there. */
function between(text: string, [name, rows]: readonly [string, string]): string {
  const [before, after] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const start = text.indexOf(before) + before.length;
  const end = text.indexOf(after);
  if (start < before.length || end < start) throw new Error(`there is no place for ${name}`);
  return `${text.slice(0, start)}\n${rows}\n\n${text.slice(end)}`;
}

function parameterTable(): string {
  const rows = parameterNames.map((name) => {
    const parameter = parameterOf(name);
    const { aliases, help, cost } = parameter;
    const others = [
      ...aliases,
      ...(parameter.kind === 'choice' ? Object.keys(parameter.shortcuts) : []),
    ];
    return [
      `\`#${name}\``,
      valuesOf(parameter),
      defaultOf(parameter),
      `${help}${cost === undefined ? '' : `; ${cost}`}`,
      hashtags(others),
    ];
  });
  return table(['hashtag', 'values', 'without it', 'what it does', 'also'], rows);
}

function optionTable(): string {
  const rows = parameterNames.map((name) => {
    const parameter = parameterOf(name);
    return [`\`--${name}\``, valuesOf(parameter, false), defaultOf(parameter), parameter.help];
  });
  return table(['option', 'values', 'without it', 'what it does'], rows);
}

/** @param withOthers whether other ways to write them are told, too */
function valuesOf(parameter: Parameter, withOthers = true): string {
  switch (parameter.kind) {
    case 'number': {
      const { min, max, unit, words } = parameter;
      const named = Object.entries(words).map(([word, value]) => `\`${word}\` (${value})`);
      return [`${min} to ${max}${unit === '' ? '' : ` ${unit}`}`, ...named].join(', ');
    }
    case 'choice':
      return Object.entries(parameter.choices)
        .map(([value, others]) => `\`${value}\`${withOthers ? ` (=${others.join(', =')})` : ''}`)
        .join(', ');
    case 'weights':
      return 'a number for each painting';
  }
}

function defaultOf({ default: byDefault }: Parameter): string {
  return typeof byDefault === 'object' ? 'all the same' : `${byDefault}`;
}

function actionTable(): string {
  const rows = actionNames.map((name) => {
    const action = actions[name];
    const { aliases, words } = action;
    const help = 'cost' in action ? `${action.help}; ${action.cost}` : action.help;
    return [`\`#${name}\``, help, hashtags(aliases), words.join(', ')];
  });
  return table(['hashtag', 'what it does', 'also', 'in a reply also without the #'], rows);
}

function paintingTable(): string {
  return table(
    ['name', 'title'],
    housePaintings().map(({ name, title }) => [`\`#style ${name}\``, title]),
  );
}

function costTable(): string {
  return table(
    ['a thousand mentions that are', 'at least', 'at most'],
    requestNames.map((name) => {
      const { least, most } = costPer1000(name);
      return [name, dollars(least), dollars(most)];
    }),
  );
}

function hashtags(names: readonly string[]): string {
  return names.map((name) => `\`#${name}\``).join(' ');
}

/** As prettier would have it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(...[head, ...rows].map((row) => (row[i] ?? title).length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
