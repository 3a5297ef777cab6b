/**
 * Draws docs/images/architecture.svg: which room of the house uses which, by the rule of eslint.config.js for the rooms, and
 * by what is imported for those above them, who may use any.
 *
 *   npx tsx docs/images/architecture.ts [--check]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../src/paths.js';
import { writeOrCheck } from '../generated.js';

interface Box {
  readonly title: string;
  readonly line: string;
  /** Of the way of a mention. */
  readonly step?: string;
  readonly at: readonly [x: number, y: number];
}

const WIDTH = 232;
const HEIGHT = 52;
/** Of an arrow. */
const HEAD = 8;
const MARGIN = 16;
const LEFT = 40;
const MIDDLE = 350;
const RIGHT = 660;
const ROWS = [24, 104, 184, 290, 370, 450, 530, 610] as const;

/** Above the rooms: each a file or a folder, and which of them the arrow comes from. */
const boxes: Readonly<Record<string, Box>> = {
  commands: { title: 'cli.ts, commands/', line: 'what one types', at: [MIDDLE, ROWS[0]] },
  start: { title: 'start.ts', line: 'opens everything, wires it', at: [MIDDLE, ROWS[1]] },
  stages: { title: 'bot.ts, stages/', line: 'the way of a mention', at: [MIDDLE, ROWS[2]] },
  render: {
    title: 'render/',
    line: 'picture files → picture file',
    step: '4 render',
    at: [LEFT, ROWS[3]],
  },
  style: { title: 'style/', line: 'losses, optimizer; pure', at: [LEFT, ROWS[4]] },
  networks: { title: 'networks/', line: 'networks as data', at: [LEFT, ROWS[5]] },
  graph: { title: 'graph/', line: 'operations, devices', at: [LEFT, ROWS[6]] },
  replies: {
    title: 'replies/',
    line: 'what we say, posted once',
    step: '5 reply',
    at: [MIDDLE, ROWS[3]],
  },
  web: { title: 'web/', line: 'page, health, metrics', at: [RIGHT, ROWS[3]] },
  queue: {
    title: 'queue/',
    line: 'fairness; SQLite, PostgreSQL',
    step: '3 queue',
    at: [MIDDLE, ROWS[4]],
  },
  requests: {
    title: 'requests/',
    line: 'mention → request',
    step: '2 parse',
    at: [MIDDLE, ROWS[5]],
  },
  platforms: {
    title: 'platforms/',
    line: 'a port; Mastodon, X',
    step: '1 listen',
    at: [MIDDLE, ROWS[6]],
  },
  pictures: {
    title: 'pictures/',
    line: 'a port; files, PostgreSQL, S3',
    at: [MIDDLE, ROWS[7]],
  },
  sandbox: { title: 'sandbox/', line: 'a tiny Mastodon server', at: [RIGHT, ROWS[6]] },
};

/** Where the files lie of what stands above the rooms. */
const above: Readonly<Record<string, readonly string[]>> = {
  commands: ['cli.ts', 'commands'],
  start: ['start.ts', 'front.ts', 'counter.ts', 'open.ts', 'database.ts'],
  stages: ['bot.ts', 'stages'],
};

type Uses = ReadonlyMap<string, ReadonlySet<string>>;

/** @throws Error if a room has no place in the picture */
async function uses(): Promise<Uses> {
  const rule: unknown = await import(join(projectRoot, 'eslint.config.js'));
  const schema = z.object({ mayImport: z.record(z.string(), z.array(z.string())) });
  const { mayImport } = schema.parse(rule);
  const all = new Map(Object.entries(mayImport).map(([room, of]) => [room, new Set(of)]));
  for (const [name, paths] of Object.entries(above))
    all.set(name, new Set(paths.flatMap(importsOf).filter((other) => other !== name)));
  for (const name of all.keys())
    if (!(name in boxes)) throw new Error(`there is no place for ${name} in the picture`);
  return all;
}

/** What a file, or the files of a folder, import from, by the names of boxes. */
function importsOf(path: string): readonly string[] {
  const folder = join(projectRoot, 'src');
  const files = path.endsWith('.ts')
    ? [path]
    : readdirSync(join(folder, path)).map((f) => `${path}/${f}`);
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const specifiers = [...text.matchAll(/from '\.{1,2}\/([^']+)'/g)].map(([, name = '']) => name);
    return specifiers.flatMap((specifier) => {
      const [room = ''] = specifier.split('/');
      const file = Object.entries(above).find(([, paths]) =>
        paths.includes(room.replace(/\.js$/, '.ts')),
      );
      return file?.[0] ?? (room in boxes ? room : []);
    });
  });
}

/** Without what is to be had by way of others, too. */
function shortest(all: Uses): readonly (readonly [from: string, to: string])[] {
  const reaches = (from: string, to: string): boolean =>
    [...(all.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...all].flatMap(([from, of]) =>
    [...of]
      .filter((to) => ![...of].some((other) => other !== to && reaches(other, to)))
      .map((to) => [from, to] as const),
  );
}

/** Straight down in a column; from one to another over the side of the upper box, or of the lower one in a wing. */
function arrow([from, to]: readonly [string, string]): string {
  const [source, target] = [boxes[from], boxes[to]];
  if (source === undefined || target === undefined) throw new Error(`${from} → ${to} has no place`);
  const [[x1, y1], [x2, y2]] = [source.at, target.at];
  const [center, top] = [x2 + WIDTH / 2, y2 - HEAD];
  const isRightward = x2 > x1;
  const blocked = Object.values(boxes).filter(({ at: [x, y] }) => x === x2 && y > y1 && y < y2);
  if (x1 === x2) {
    if (blocked.length > 0) throw new Error(`${from} → ${to} would go through a box`);
    return path(`M${center} ${y1 + HEIGHT} V${top}`);
  }
  if (y1 >= ROWS[3]) {
    const side = isRightward ? x2 - HEAD : x2 + WIDTH + HEAD;
    return path(`M${x1 + WIDTH / 2} ${y1 + HEIGHT} V${y2 + HEIGHT / 2} H${side}`);
  }
  const begin = isRightward ? x1 + WIDTH : x1;
  if (blocked.length === 0) return path(`M${begin} ${y1 + HEIGHT / 2} H${center} V${top}`);
  const outer = isRightward ? x2 + WIDTH + MARGIN : x2 - MARGIN;
  const side = isRightward ? x2 + WIDTH + HEAD : x2 - HEAD;
  return path(`M${begin} ${y1 + HEIGHT / 4} H${outer} V${y2 + HEIGHT / 2} H${side}`);
}

function path(d: string): string {
  return `<path d="${d}" class="arrow" marker-end="url(#head)"/>`;
}

function box({ title, line, step, at: [x, y] }: Box): string {
  const mark =
    step === undefined
      ? ''
      : `<text x="${x + WIDTH - 12}" y="${y + 22}" class="step">${step}</text>`;
  return `<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6" class="box"/>
<text x="${x + 14}" y="${y + 22}" class="title">${title}</text>${mark}
<text x="${x + 14}" y="${y + 41}" class="line">${line}</text>`;
}

function wing(title: string, x: number, columns: number): string {
  const width = columns * (RIGHT - MIDDLE) - (RIGHT - MIDDLE - WIDTH) + 2 * MARGIN + 16;
  const bottom = ROWS[7] + HEIGHT + 44;
  return `<rect x="${x - MARGIN - 8}" y="${ROWS[3] - 24}" width="${width}" height="${bottom - ROWS[3] + 24}" rx="10" class="wing"/>
<text x="${x}" y="${bottom - 16}" class="name">${title}</text>`;
}

const [width, height] = [RIGHT + WIDTH + 40, ROWS[7] + HEIGHT + 60];
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="about">
<!-- Made by docs/images/architecture.ts. -->
<title id="about">The rooms of the house, and which uses which: the studio, the front office, and above both what wires them</title>
<style>
  svg { background: #fdfcf9; font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
  .box { fill: #ffffff; stroke: #4b4238; }
  .wing { fill: #f3eee4; stroke: none; }
  .title { font-size: 15px; font-weight: 600; fill: #2b241c; }
  .line, .name { font-size: 13px; fill: #665a4c; }
  .name { font-style: italic; }
  .step { font-size: 12px; fill: #9a3b14; text-anchor: end; }
  .arrow { fill: none; stroke: #8a7c69; stroke-width: 1.5; }
  #head path { fill: #8a7c69; }
  @media (prefers-color-scheme: dark) {
    svg { background: #16130f; }
    .box { fill: #241f19; stroke: #a89a86; }
    .wing { fill: #1e1a15; }
    .title { fill: #f2ece2; }
    .line, .name { fill: #c0b4a2; }
    .step { fill: #f0a078; }
    .arrow { stroke: #988a76; }
    #head path { fill: #988a76; }
  }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>
${wing('the studio knows no people', LEFT, 1)}
${wing('the front office knows people, and never touches a tensor', MIDDLE, 2)}
${shortest(await uses())
  .map(arrow)
  .join('\n')}
${Object.values(boxes).map(box).join('\n')}
</svg>
`;
writeOrCheck({ 'docs/images/architecture.svg': svg });
