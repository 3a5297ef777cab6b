import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../src/paths.js';
import vitestConfig from '../../vitest.config.js';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

const folder = '.github/workflows';
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const stepSchema = z
  .strictObject({
    id: z.string().optional(),
    name: z.string().optional(),
    if: z.string().optional(),
    uses: z.string().optional(),
    with: z.record(z.string(), scalar).optional(),
    run: z.string().optional(),
    env: z.record(z.string(), scalar).optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'uses or run');
const jobSchema = z.strictObject({
  name: z.string(),
  needs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  uses: z.string().optional(),
  'runs-on': z.string().optional(),
  'timeout-minutes': z.number().positive().max(60).optional(),
  container: z.strictObject({ image: z.string(), options: z.string() }).optional(),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  env: z.record(z.string(), scalar).optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.boolean(),
      // Either lists, of which every combination runs, or the combinations themselves.
      matrix: z.union([
        z.strictObject({ include: z.array(z.record(z.string(), scalar)) }),
        z.record(z.string(), z.array(scalar)),
      ]),
    })
    .optional(),
  steps: z.array(stepSchema).default([]),
});
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.strictObject({
    group: z.string(),
    'cancel-in-progress': z.union([z.boolean(), z.string()]),
  }),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal('bash') }) }),
  jobs: z.record(z.string(), jobSchema),
});
type Job = z.infer<typeof jobSchema>;

const workflows = readdirSync(join(projectRoot, folder)).map((file) => ({
  file,
  ...workflowSchema.parse(parse(read(`${folder}/${file}`))),
}));
const jobs = workflows.flatMap(({ file, ...workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ file, id, workflow, job })),
);
const jobsOf = (name: string) =>
  Object.fromEntries(jobs.filter(({ file }) => file === name).map(({ id, job }) => [id, job]));

/** The combinations of a job's matrix; one without values if the job has no matrix. */
function combinations({ strategy }: Job): readonly Readonly<Record<string, unknown>>[] {
  if (strategy === undefined) return [{}];
  const { include, ...lists } = strategy.matrix as Record<string, unknown[]>;
  if (include !== undefined) return include as Record<string, unknown>[];
  return Object.entries(lists).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

/** A text of a job for each combination of its matrix. */
function expanded(job: Job, text: string): readonly string[] {
  return combinations(job).map((values) =>
    text.replaceAll(/\$\{\{ matrix\.(\w+) \}\}/g, (_, key: string) => {
      if (!(key in values)) throw new Error(`the matrix has no ${key}`);
      return String(values[key]);
    }),
  );
}

/** Every command of the workflows, on one line, as it runs. */
const commands = jobs.flatMap(({ file, id, job }) =>
  job.steps.flatMap(({ run = '' }) =>
    expanded(job, run)
      .flatMap((text) => text.replaceAll(/\\\n\s*/g, '').split('\n'))
      .filter((line) => line !== '')
      .map((command) => ({ file, id, command })),
  ),
);

const packageJson = z
  .object({
    scripts: z.record(z.string(), z.string()),
    engines: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(read('package.json')));

/** What npm does without a script of the package. */
const ofNpm = ['ci', 'install', 'publish'];

/** The scripts that a command runs by npm. */
function scriptsIn(command: string): readonly string[] {
  return [...command.matchAll(/\bnpm (run )?(?:--?\S+ )*([\w:][\w:-]*)/g)].flatMap(
    ([, run, name = '']) => (run === undefined && ofNpm.includes(name) ? [] : [name]),
  );
}

/** The projects of Vitest that a command names. */
const projectsIn = (command: string) =>
  [...command.matchAll(/--project[ =]'?!?([^\s']+)/g)].map(([, name = '']) => name);

const { projects } = z
  .object({
    test: z.object({
      projects: z.array(z.object({ test: z.object({ name: z.string() }) })),
    }),
  })
  .parse(vitestConfig).test;
const projectNames = projects.map(({ test }) => test.name);

describe.each(jobs)('in $file, the job $id', ({ file, workflow, job }) => {
  it('ends in time', () => {
    // GitHub allows no time-out at a call; the jobs of the called workflow have theirs.
    if (job.uses !== undefined) expect(job.uses).toMatch(/^\.\//);
    else expect(job['timeout-minutes']).toBeDefined();
  });

  it('may write only what it declares', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    if (file !== 'release.yml') expect(job.permissions).toBeUndefined();
  });

  it('waits only for jobs that exist', () => {
    expect(Object.keys(workflow.jobs)).toEqual(expect.arrayContaining(job.needs));
  });

  it('uses only actions of a fixed version, and workflows that exist', () => {
    for (const used of [job, ...job.steps].flatMap(({ uses }) => uses ?? []))
      if (used.startsWith('./')) expect(existsSync(join(projectRoot, used)), used).toBe(true);
      else expect(used).toMatch(/^[\w-]+\/[\w-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})$/);
  });

  it('leaves no token behind in the checkout', () => {
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    const keepsToken = checkouts.filter(
      ({ with: inputs }) => inputs?.['persist-credentials'] !== false,
    );
    expect(keepsToken).toEqual([]);
  });

  it('takes values from outside by its environment, never into the text of a command', () => {
    const texts = job.steps.flatMap(({ run = '' }) => expanded(job, run));
    expect(texts.filter((text) => text.includes('${{'))).toEqual([]);
  });
});

describe('every command of the workflows', () => {
  it('runs scripts of npm that exist', () => {
    const named = [
      ...commands.map(({ command }) => command),
      ...Object.values(packageJson.scripts),
    ].flatMap(scriptsIn);
    expect(named).toEqual(expect.arrayContaining(['check', 'test']));
    for (const name of named) expect(Object.keys(packageJson.scripts)).toContain(name);
  });

  it('runs programs of packages that are installed', () => {
    const named = commands.flatMap(({ command }) =>
      [...command.matchAll(/\bnpx (\S+)/g)].map(([, name = '']) => name),
    );
    expect(named).toContain('vitest');
    for (const name of named)
      expect(existsSync(join(projectRoot, 'node_modules/.bin', name)), name).toBe(true);
  });

  it('names files that exist, and starts only those that can be started', () => {
    const files = commands.flatMap(({ command }) =>
      [...command.matchAll(/(^|\s)((?:\.github|\.ci|data|docs|src|test)\/[\w./-]+)/g)].map(
        ([, before = '', path = '']) => ({ path: join(projectRoot, path), starts: before === '' }),
      ),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const { path, starts } of files)
      expect(() => accessSync(path, starts ? constants.X_OK : constants.R_OK)).not.toThrow();
  });
});

describe('the projects of Vitest', () => {
  it('are named rightly in workflows, scripts and documentation', () => {
    const texts = [
      ...commands.map(({ command }) => command),
      ...Object.values(packageJson.scripts),
      ...['README.md', 'CONTRIBUTING.md'].map(read),
    ];
    // In the documentation, NAME stands for any of them.
    const named = texts.flatMap(projectsIn).filter((name) => name !== 'NAME');
    expect(named).toContain('unit');
    for (const name of named) expect(projectNames).toContain(name);
  });

  it('all run, each shard once', () => {
    const shards = commands.flatMap(({ command }) => {
      const [, shard = '1/1'] = /--shard=(\d+\/\d+)/.exec(command) ?? [];
      return projectsIn(command).map((name) => ({ name, shard }));
    });
    expect(new Set(shards.map(({ name }) => name))).toEqual(new Set(projectNames));
    for (const name of projectNames) {
      const its = shards.filter((one) => one.name === name).map(({ shard }) => shard);
      expect(its, name).toEqual(its.map((_, i) => `${i + 1}/${its.length}`));
    }
  });
});

describe('the images', () => {
  const targets = [...read('Dockerfile').matchAll(/^FROM \S+ AS (\S+)$/gm)].map(
    ([, name = '']) => name,
  );
  const compose = z
    .object({
      services: z.record(z.string(), z.object({ build: z.object({ target: z.string() }) })),
    })
    .parse(parse(read('compose.yaml'), { merge: true }));
  const offered = Object.values(compose.services).map(({ build }) => build.target);

  it('are the targets that Compose offers', () => {
    expect(targets).toEqual(expect.arrayContaining(offered));
    expect(offered).toEqual(expect.arrayContaining(['cpu', 'gpu']));
  });

  it('are all built and started by ci.yml', () => {
    const built = commands.flatMap(({ command }) => /--target (\S+)/.exec(command)?.[1] ?? []);
    expect(built).toEqual(offered);
    const started = commands.filter(({ command }) => command.startsWith('docker run --detach'));
    expect(started).toHaveLength(offered.length);
  });

  it('are all pushed by release.yml', () => {
    const { image } = jobsOf('release.yml');
    const pushed = image?.steps.flatMap(({ with: inputs }) =>
      inputs?.target === undefined ? [] : expanded(image, String(inputs.target)),
    );
    expect(pushed).toEqual(offered);
  });
});

describe('the versions of Node.js', () => {
  const nvmrc = read('.nvmrc').trim();

  it('in .nvmrc and in containers are those of the images', () => {
    const inImages = [...read('Dockerfile').matchAll(/^FROM node:(\d+)-/gm)].map(
      ([, version = '']) => version,
    );
    expect(new Set(inImages)).toEqual(new Set([nvmrc]));
    for (const { job } of jobs)
      if (job.container !== undefined) expect(job.container.image).toBe(`node:${nvmrc}-bookworm`);
  });

  it('that are tested begin with the oldest that package.json allows', () => {
    const { check } = jobsOf('ci.yml');
    if (check === undefined) throw new Error('ci.yml has no job "check"');
    const tested = combinations(check).map(({ node }) => node);
    expect(`>=${String(tested[0])}`).toBe(packageJson.engines.node);
    expect(tested).toEqual(expect.arrayContaining([nvmrc]));
  });
});

describe('a release', () => {
  const release = jobsOf('release.yml');
  /** Every job that has succeeded before a job starts. */
  const before = (id: string): readonly string[] =>
    (release[id]?.needs ?? []).flatMap((name) => [name, ...before(name)]);
  const writing = Object.entries(release).filter(([, job]) =>
    Object.values(job.permissions ?? {}).includes('write'),
  );

  it('begins with a tag', () => {
    const { on } = workflows.find(({ file }) => file === 'release.yml') ?? {};
    expect(on).toEqual({ push: { tags: ['v*'] } });
  });

  it('runs every check before it publishes anything', () => {
    expect(writing.map(([id]) => id)).toEqual(['image', 'npm', 'github']);
    expect(release.ci?.uses).toBe(`./${folder}/ci.yml`);
    for (const [id] of writing)
      expect(before(id)).toEqual(expect.arrayContaining(['version', 'ci']));
    expect(release.version?.steps.map(({ run }) => run)).toContainEqual(
      expect.stringContaining('release.js check "$GITHUB_REF_NAME"'),
    );
  });

  it('publishes to npm with provenance', () => {
    const publishing = commands.filter(({ command }) => command.includes('npm publish'));
    expect(publishing).toHaveLength(1);
    for (const { file, id, command } of publishing) {
      expect(command).toContain('--provenance --access public');
      expect(jobsOf(file)[id]?.permissions).toMatchObject({ 'id-token': 'write' });
    }
  });
});

it('the patterns of this test find what they look for', () => {
  expect(scriptsIn('npm ci && npm run --silent lost; npm test')).toEqual(['lost', 'test']);
  expect(projectsIn(`vitest run --project a --project '!b' --project=c`)).toEqual(['a', 'b', 'c']);
});
