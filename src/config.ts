import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { deviceChoices } from './graph/executor.js';
import { projectRoot } from './paths.js';
import { rateLimitsSchema } from './platforms/mastodon/budget.js';
import { accessTokenSchema, serverUrlSchema } from './platforms/mastodon/sign-in.js';
import { picturesSchema } from './pictures/settings.js';
import { keySchema } from './platforms/x/credentials.js';
import { lineOf } from './reason.js';
import { safetyPolicySchema } from './render/safety.js';
import { parameters } from './requests/parameters.js';

const sizeSchema = z.int().min(parameters.size.min).max(parameters.size.max);

const mirrorSchema = z
  .url({ protocol: /^https?$/, error: 'it takes an https:// or http:// address' })
  .refine((url) => !/[?#@]/.test(url), 'it takes an address without a password, ? or #');

/** `auto` is only this machine's affair: what is bound to loopback, and comes by no proxy. */
const servedSchema = z.preprocess(
  // YAML takes on and off for words of its own in some places.
  (value) => (value === true ? 'on' : value === false ? 'off' : value),
  z.enum(['auto', 'on', 'off']),
);

const configSchema = z
  .strictObject({
    dataFolder: z.string().transform((folder) => resolve(folder)),
    logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
    mastodon: z
      .strictObject({
        url: serverUrlSchema,
        accessToken: accessTokenSchema,
      })
      .readonly()
      .optional(),
    /** Of each account. */
    rateLimits: rateLimitsSchema,
    x: z
      .strictObject({
        url: serverUrlSchema.transform((url) => new URL(url).origin),
        // The smallest page of mentions may be thirty; some are kept for other things.
        dailyReads: z.int().min(100),
        appKey: keySchema.optional(),
        appSecret: keySchema.optional(),
        clientId: keySchema.optional(),
        clientSecret: keySchema.optional(),
        callback: serverUrlSchema,
      })
      .readonly(),
    /** Of conversation. */
    manners: z
      .strictObject({
        acknowledge: z.enum(['favorite', 'place', 'nothing']),
        othersPictures: z.boolean(),
      })
      .readonly(),
    web: z
      .strictObject({
        host: z.string(),
        port: z.coerce.number('it takes a whole number from 0 to 65535').int().min(0).max(65535),
        /** Where people reach it, if that is by way of something that stands before it. */
        address: serverUrlSchema.transform((url) => new URL(url).origin).optional(),
        page: servedSchema,
        api: servedSchema,
        /** Origins whose pages may use the API. */
        cors: z
          .array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin))
          .readonly(),
      })
      .readonly(),
    render: z
      .strictObject({
        size: sizeSchema,
        maxSize: sizeSchema,
        network: z.string(),
        device: z.enum(deviceChoices),
        workers: z.literal('auto').or(z.int().min(1).max(64)),
        attempts: z.int().min(1),
        silenceSeconds: z.number().positive(),
        timeoutMinutes: z.number().positive(),
        maxMegabytes: z.number().positive(),
      })
      .readonly(),
    queue: z
      .strictObject({
        leaseSeconds: z.number().min(1),
        maxWaiting: z.int().min(1),
        maxWaitingPerPerson: z.int().min(1),
        maxPerPersonAndDay: z.int().min(1),
        weights: z
          .record(
            z
              .string()
              .toLowerCase()
              .regex(/^[^@\s]+@[^@\s]+$/, 'it takes an address like ada@example.social'),
            z.number().positive(),
          )
          .readonly(),
      })
      .readonly(),
    /** Another one than the file in the data folder: PostgreSQL's, for more than one machine. */
    database: z
      .strictObject({
        url: z
          .url({
            protocol: /^postgres(ql)?$/,
            error: 'it takes an address like postgres://user:password@host/database',
          })
          .optional(),
      })
      .readonly(),
    pictures: picturesSchema,
    retention: z.strictObject({ days: z.number().positive() }).readonly(),
    safety: safetyPolicySchema,
    /** Networks that are fetched with `pentimento models`. */
    models: z
      .strictObject({
        folder: z
          .string()
          .transform((folder) => resolve(folder))
          .optional(),
        mirror: mirrorSchema.optional(),
        offline: z.union([z.boolean(), z.stringbool()], 'it takes true or false'),
      })
      .readonly(),
    downloads: z.strictObject({ maxMegabytes: z.number().positive() }).readonly(),
  })
  .readonly()
  .transform(({ models, ...config }) => ({
    ...config,
    models: { ...models, folder: models.folder ?? join(config.dataFolder, 'models') },
  }));

export type Config = z.infer<typeof configSchema>;

/** A setting that cannot be used; the message says which and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The settings in force: config/default.yaml, then the operator's file (config/local.yaml, or what PENTIMENTO_CONFIG
 * names), then the environment.
 * @throws ConfigError
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const defaults = readYaml(join(projectRoot, 'config', 'default.yaml'));
  const own = settingsFile(environment);
  // Without one all is as usual; but who names one means it.
  const hasOwn = Boolean(environment.PENTIMENTO_CONFIG) || existsSync(own);
  const layers = [defaults, hasOwn ? readYaml(own) : {}, fromEnvironment(environment)];
  const merged = layers.reduce(merge);
  const result = configSchema.safeParse(merged);
  if (result.success) return result.data;
  // The paths and reasons, but never the values: one of them may be a token.
  const reasons = result.error.issues.map((issue) => {
    const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
    const key = issue.path.join('.');
    const variable = variables[key];
    const where = `${key}${variable === undefined ? '' : ` (${variable})`}`;
    return where === '' ? message : `${where}: ${message}`;
  });
  throw new ConfigError(`the configuration cannot be used: ${reasons.join('; ')}`);
}

/** The operator's own file, which need not be there. */
export function settingsFile(
  { PENTIMENTO_CONFIG: named }: NodeJS.ProcessEnv = process.env,
): string {
  return named ? resolve(named) : join(projectRoot, 'config', 'local.yaml');
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${lineOf(error)}`);
  }
}

/** The settings that the environment can give, too. */
const variables: Readonly<Record<string, string>> = {
  dataFolder: 'PENTIMENTO_DATA',
  logLevel: 'PENTIMENTO_LOG_LEVEL',
  'render.network': 'PENTIMENTO_NETWORK',
  'render.device': 'PENTIMENTO_DEVICE',
  'models.folder': 'PENTIMENTO_MODELS',
  'models.mirror': 'PENTIMENTO_MODELS_MIRROR',
  'models.offline': 'PENTIMENTO_OFFLINE',
  'database.url': 'DATABASE_URL',
  'pictures.store': 'PENTIMENTO_PICTURES',
  'pictures.s3.endpoint': 'S3_ENDPOINT',
  'pictures.s3.region': 'S3_REGION',
  'pictures.s3.bucket': 'S3_BUCKET',
  'pictures.s3.accessKeyId': 'S3_ACCESS_KEY_ID',
  'pictures.s3.secretAccessKey': 'S3_SECRET_ACCESS_KEY',
  'pictures.s3.pathStyle': 'S3_PATH_STYLE',
  'web.host': 'PENTIMENTO_HOST',
  'web.port': 'PENTIMENTO_PORT',
  'web.address': 'PENTIMENTO_ADDRESS',
  'mastodon.url': 'MASTODON_URL',
  'mastodon.accessToken': 'MASTODON_ACCESS_TOKEN',
  'x.appKey': 'X_APP_KEY',
  'x.appSecret': 'X_APP_SECRET',
  'x.clientId': 'X_CLIENT_ID',
  'x.clientSecret': 'X_CLIENT_SECRET',
};

/** As nested as the file; a variable that is set to nothing is not set. */
function fromEnvironment(environment: NodeJS.ProcessEnv): unknown {
  const given = Object.entries(variables).filter(([, variable]) => environment[variable]);
  return given
    .map(([key, variable]): unknown =>
      key
        .split('.')
        .reduceRight<unknown>((inner, part) => ({ [part]: inner }), environment[variable]),
    )
    .reduce(merge, {});
}

/** Later layers win, key by key. */
function merge(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above ?? below;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(below[key], above[key])]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
