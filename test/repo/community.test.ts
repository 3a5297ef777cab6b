import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../../src/paths.js';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

const id = z.string().regex(/^[\w-]+$/);
const validations = z.strictObject({ required: z.boolean() }).optional();
const text = z.strictObject({
  label: z.string(),
  description: z.string().optional(),
  placeholder: z.string().optional(),
});
/** The fields of a form, as GitHub's documentation describes them. */
const field = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('markdown'),
    attributes: z.strictObject({ value: z.string() }),
  }),
  z.strictObject({ type: z.literal('input'), id, attributes: text, validations }),
  z.strictObject({
    type: z.literal('textarea'),
    id,
    attributes: text.extend({ render: z.string().optional() }),
    validations,
  }),
  z.strictObject({
    type: z.literal('dropdown'),
    id,
    attributes: text.omit({ placeholder: true }).extend({
      multiple: z.boolean().optional(),
      options: z.array(z.string()).min(2),
    }),
    validations,
  }),
  z.strictObject({
    type: z.literal('checkboxes'),
    id,
    attributes: text.omit({ placeholder: true }).extend({
      options: z
        .array(z.strictObject({ label: z.string(), required: z.boolean().optional() }))
        .min(1),
    }),
  }),
]);
const formSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  title: z.string().optional(),
  // Labels that every new repository on GitHub has.
  labels: z.array(z.enum(['bug', 'enhancement'])),
  body: z.array(field).min(1),
});

const folder = '.github/ISSUE_TEMPLATE';
const formNamed = (file: string) => formSchema.parse(parse(read(`${folder}/${file}`)));
const forms = readdirSync(join(projectRoot, folder)).filter((file) => file !== 'config.yml');

/** The ids of the fields without which a form cannot be sent. */
const requiredIn = (file: string) =>
  formNamed(file).body.flatMap((one) => {
    if (one.type === 'markdown') return [];
    if (one.type === 'checkboxes')
      return one.attributes.options.some(({ required }) => required === true) ? [one.id] : [];
    return one.validations?.required === true ? [one.id] : [];
  });

describe('the issue forms', () => {
  it('are the only way to open an issue', () => {
    expect(parse(read(`${folder}/config.yml`))).toEqual({ blank_issues_enabled: false });
    expect(forms).toEqual(['bug.yml', 'feature.yml', 'picture.yml']);
  });

  it.each(forms)('%s has fields that differ, and options that differ', (file) => {
    const { body } = formNamed(file);
    const fields = body.filter((one) => one.type !== 'markdown');
    expect(new Set(fields.map((one) => one.id)).size).toBe(fields.length);
    expect(new Set(fields.map((one) => one.attributes.label)).size).toBe(fields.length);
    for (const one of fields)
      if (one.type === 'dropdown')
        expect(new Set(one.attributes.options).size).toBe(one.attributes.options.length);
  });

  it('for a wrong picture asks for both pictures, the result, the settings and the consent', () => {
    expect(requiredIn('picture.yml')).toEqual(
      expect.arrayContaining(['photo', 'painting', 'result', 'settings', 'consent']),
    );
  });

  it('for a bug asks for what happened, the steps and the version', () => {
    expect(requiredIn('bug.yml')).toEqual(expect.arrayContaining(['happened', 'steps', 'version']));
  });
});

describe('the updates of dependencies', () => {
  const { updates } = z
    .object({
      version: z.literal(2),
      updates: z.array(
        z.object({
          'package-ecosystem': z.string(),
          schedule: z.object({ interval: z.literal('weekly') }),
          ignore: z.array(z.object({ 'dependency-name': z.string() })).default([]),
        }),
      ),
    })
    .parse(parse(read('.github/dependabot.yml')));
  const ignoredBy = (ecosystem: string) =>
    updates
      .filter((one) => one['package-ecosystem'] === ecosystem)
      .flatMap(({ ignore }) => ignore.map((one) => one['dependency-name']));

  it('cover packages, actions and base images', () => {
    expect(updates.map((one) => one['package-ecosystem'])).toEqual([
      'npm',
      'github-actions',
      'docker',
    ]);
  });

  it('make exceptions only for what the project uses', () => {
    const { dependencies, devDependencies } = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(read('package.json')));
    const packages = Object.keys({ ...dependencies, ...devDependencies });
    expect(packages).toEqual(expect.arrayContaining(ignoredBy('npm')));
    const images = [...read('Dockerfile').matchAll(/^FROM ([^\s:]+):/gm)].map(([, name]) => name);
    expect(images).toEqual(expect.arrayContaining(ignoredBy('docker')));
  });
});

it('editors break lines where Prettier does', () => {
  const { printWidth } = z
    .object({ printWidth: z.number() })
    .parse(JSON.parse(read('.prettierrc.json')));
  expect(read('.editorconfig')).toContain(`\nmax_line_length = ${printWidth}\n`);
});
