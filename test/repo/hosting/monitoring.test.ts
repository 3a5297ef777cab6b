import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../../src/config.js';
import { Metrics } from '../../../src/metrics.js';
import { projectRoot } from '../../../src/paths.js';
import { allStates } from '../../../src/queue/states.js';
import { operationsApp } from '../../../src/web/operations.js';

const read = (name: string) => readFileSync(join(projectRoot, 'config/monitoring', name), 'utf8');

const dashboardSchema = z.object({
  title: z.string(),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), definition: z.string().optional() })),
  }),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string() })).min(1),
    }),
  ),
});
const dashboard = dashboardSchema.parse(JSON.parse(read('dashboard.json')));

const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const alerts = rulesSchema.parse(parse(read('alerts.yaml'))).groups.flatMap(({ rules }) => rules);

const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, expr] as const),
  ),
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
];

/** What an expression asks for. */
interface Selector {
  readonly metric: string;
  readonly labels: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** @throws Error if it is none of Prometheus's */
function selectorsIn(expression: string): readonly Selector[] {
  // Grafana's own variable for a span of time.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const selectors: Selector[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`${expression} goes wrong at "${text.slice(from)}"`);
      if (type.name !== 'VectorSelector') return;
      const metric = node.getChild('Identifier');
      const matchers = node.getChild('LabelMatchers');
      const labels = [
        ...text
          .slice(matchers?.from ?? to, matchers?.to ?? to)
          .matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"/g),
      ].map(([, name = '', values = '']) => ({ name, values: values.split('|') }));
      selectors.push({ metric: text.slice(metric?.from ?? from, metric?.to ?? to), labels });
    },
  });
  if (selectors.length === 0) throw new Error(`${expression} asks for nothing`);
  return selectors;
}

/** What Prometheus adds to everything that it reads, and what it knows of its own. */
const PROMETHEUS = { labels: ['job', 'instance'], metrics: ['up'] };

/** By the name of each metric, the values of its labels. */
type Printed = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** What a server prints when everything that it counts has happened once. */
async function printed(): Promise<Printed> {
  const states = Object.fromEntries(allStates.map((state) => [state, 1]));
  const metrics = new Metrics(
    () => Promise.resolve(states),
    () => Promise.resolve(false),
    {
      limit: 1000,
      ofToday: () => Promise.resolve([{ platform: 'x:pentimento@x.com', reads: 10 }]),
    },
  );
  const problems = () => Promise.resolve([]);
  metrics.watch({ problems, freeBytes: () => Promise.resolve(1e9) });
  metrics.rendered('cpu', 20);
  metrics.replied('painted', 30);
  for (const stage of ['listen', 'render', 'reply'] as const) metrics.failed(stage, 'later');
  const app = operationsApp({
    metrics: metrics.registry,
    problems,
    isPaused: () => Promise.resolve(false),
  });
  const text = await (await app.request('/metrics')).text();
  const found = new Map<string, Map<string, Set<string>>>();
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, name = '', inBraces = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? /.exec(line) ?? [];
    const labels = found.get(name) ?? new Map<string, Set<string>>();
    found.set(name, labels);
    for (const [, label = '', value = ''] of inBraces.matchAll(/([a-z_]+)="([^"]*)"/g))
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
  }
  return found;
}

let server: Printed;
beforeAll(async () => {
  server = await printed();
});

it.each(expressions)('%s asks for what a bot prints: %s', (_, expression) => {
  const known = [...server.keys(), ...PROMETHEUS.metrics];
  for (const { metric, labels } of selectorsIn(expression)) {
    expect(known).toContain(metric);
    if (PROMETHEUS.metrics.includes(metric)) continue;
    for (const { name, values } of labels) {
      if (PROMETHEUS.labels.includes(name)) continue;
      const known = [...(server.get(metric)?.get(name) ?? [])];
      expect(known).toEqual(expect.arrayContaining([...values]));
    }
  }
});

it('what each process prints of the whole queue is not summed, and who only listens need not paint', () => {
  const ofQueue = expressions.filter(([, text]) => text.includes('pentimento_requests'));
  expect(ofQueue.length).toBeGreaterThan(1);
  for (const [, text] of ofQueue) expect(text).toMatch(/\bmax( by \(\w+\) )?\(pentimento_requests/);
  const idle = alerts.find(({ alert }) => alert === 'PentimentoPaintsNothing');
  expect(idle?.expr).not.toContain('instance');
});

it('every count of the bot’s own is on the dashboard', () => {
  const asked = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => selectorsIn(expr).map(({ metric }) => metric)),
  );
  const baseOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
  const own = [...server.keys()].filter((name) => name.startsWith('pentimento_')).map(baseOf);
  expect([...new Set(own)].filter((name) => !asked.map(baseOf).includes(name))).toEqual([]);
});

it('the test would notice a metric that is not there, and an expression that is none', () => {
  expect(selectorsIn('rate(pentimento_gone{state="queued"}[5m])')).toEqual([
    { metric: 'pentimento_gone', labels: [{ name: 'state', values: ['queued'] }] },
  ]);
  expect(server.has('pentimento_gone')).toBe(false);
  expect(() => selectorsIn('rate(pentimento_ready[5m]')).toThrow('goes wrong');
});

describe('the dashboard', () => {
  it('has every panel in a place of its own, within 24 columns', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels)
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('knows the variables that it uses, and fills them from a metric that is there', () => {
    const known = dashboard.templating.list.map(({ name }) => name);
    for (const [, name = ''] of read('dashboard.json').matchAll(/\$\{?([a-z_]+)/g))
      if (name !== '__rate_interval') expect(known).toContain(name);
    const [, metric = ''] =
      /label_values\((\w+), instance\)/.exec(
        dashboard.templating.list.find(({ name }) => name === 'instance')?.definition ?? '',
      ) ?? [];
    expect([...server.keys()]).toContain(metric);
  });
});

it('Prometheus looks where the bot is by default', () => {
  const schema = z.object({
    rule_files: z.array(z.string()),
    scrape_configs: z.array(
      z.object({
        job_name: z.string(),
        static_configs: z.array(z.object({ targets: z.array(z.string()) })),
      }),
    ),
  });
  const { rule_files: files, scrape_configs: scrapes } = schema.parse(
    parse(read('prometheus.yaml')),
  );
  expect(files).toEqual(['alerts.yaml']);
  const { host, port } = loadConfig({}).web;
  expect(scrapes.map(({ job_name: job, static_configs: of }) => [job, of])).toEqual([
    ['pentimento', [{ targets: [`${host}:${port}`] }]],
  ]);
});
