import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.js';
import { projectRoot } from '../../src/paths.js';
import { MASTODONS_LIMITS } from '../../src/platforms/mastodon/budget.js';
import { temporaryFolder } from '../support/folder.js';

/** Settings of whoever runs the tests would show in the defaults. */
const local = existsSync(join(projectRoot, 'config', 'local.yaml'));

function failure(environment: NodeJS.ProcessEnv): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('a ConfigError was due');
}

describe.skipIf(local)('the defaults', () => {
  it('are complete: a sandbox on this computer only', () => {
    expect(loadConfig({})).toMatchObject({
      dataFolder: resolve('data'),
      logLevel: 'info',
      web: { host: '127.0.0.1', port: 8080, page: 'auto', api: 'auto', cors: [] },
      rateLimits: MASTODONS_LIMITS,
      render: { size: 512, device: 'auto', workers: 'auto' },
      safety: { porn: 'sensitive', hentai: 'sensitive', sexy: 'off', threshold: 0.5 },
      models: { folder: resolve('data/models'), offline: false },
      pictures: { store: 'auto', s3: { region: 'us-east-1', pathStyle: true } },
    });
    expect(loadConfig({})).not.toHaveProperty('mastodon');
  });

  it('hold for what the environment leaves empty, as in a copied .env.example', () => {
    const empty = {
      MASTODON_URL: '',
      MASTODON_ACCESS_TOKEN: '',
      PENTIMENTO_DATA: '',
      PENTIMENTO_HOST: '',
      PENTIMENTO_PORT: '',
      PENTIMENTO_LOG_LEVEL: '',
      PENTIMENTO_MODELS: '',
      PENTIMENTO_MODELS_MIRROR: '',
      PENTIMENTO_OFFLINE: '',
    };
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });
});

describe('the environment', () => {
  it('overrides its settings and leaves the others', () => {
    const config = loadConfig({
      MASTODON_URL: 'https://mastodon.example',
      MASTODON_ACCESS_TOKEN: 'abc',
      PENTIMENTO_DATA: '/var/lib/pentimento',
      PENTIMENTO_HOST: '0.0.0.0',
      PENTIMENTO_PORT: '0',
      PENTIMENTO_LOG_LEVEL: 'debug',
      PENTIMENTO_MODELS: '/srv/models',
      PENTIMENTO_MODELS_MIRROR: 'https://mirror.example/models',
      PENTIMENTO_OFFLINE: 'true',
    });
    const { rateLimits, web, x, render, manners, queue, ...others } = loadConfig({});
    const { database, retention, safety, downloads, pictures } = others;
    expect(config).toEqual({
      mastodon: { url: 'https://mastodon.example', accessToken: 'abc' },
      dataFolder: '/var/lib/pentimento',
      web: { ...web, host: '0.0.0.0', port: 0 },
      logLevel: 'debug',
      models: { folder: '/srv/models', mirror: 'https://mirror.example/models', offline: true },
      rateLimits,
      x,
      render,
      manners,
      queue,
      database,
      retention,
      safety,
      downloads,
      pictures,
    });
  });

  it('may have the keys of an application on X', () => {
    const config = loadConfig({ X_APP_KEY: 'key', X_APP_SECRET: 'secret', X_CLIENT_ID: '' });
    expect(config.x).toEqual({ ...loadConfig({}).x, appKey: 'key', appSecret: 'secret' });
  });

  it('may have a storage for pictures, with both its keys or with neither', () => {
    const environment = {
      PENTIMENTO_PICTURES: 's3',
      S3_ENDPOINT: 'https://s3.example',
      S3_BUCKET: 'pictures',
      S3_ACCESS_KEY_ID: 'key-of-the-bot',
      S3_SECRET_ACCESS_KEY: 'kept-to-ourselves',
      S3_PATH_STYLE: 'false',
    };
    expect(loadConfig(environment).pictures).toEqual({
      store: 's3',
      s3: {
        endpoint: 'https://s3.example',
        region: 'us-east-1',
        bucket: 'pictures',
        accessKeyId: 'key-of-the-bot',
        secretAccessKey: 'kept-to-ourselves',
        pathStyle: false,
      },
    });
    for (const [name, key] of [
      ['S3_BUCKET', 'pictures.s3.bucket'],
      ['S3_ACCESS_KEY_ID', 'pictures.s3.accessKeyId'],
      ['S3_SECRET_ACCESS_KEY', 'pictures.s3.secretAccessKey'],
    ] as const) {
      const message = failure({ ...environment, [name]: '' });
      expect(message).toContain(`${key} (${name})`);
      expect(message).not.toContain('kept-to-ourselves');
    }
  });

  it('moves the networks with the data, unless they have a place of their own', () => {
    expect(loadConfig({ PENTIMENTO_DATA: '/srv' }).models.folder).toBe('/srv/models');
  });

  it('overrides one key of a group and leaves the others of it', () => {
    const { web } = loadConfig({});
    expect(loadConfig({ PENTIMENTO_PORT: '9999' }).web).toEqual({ ...web, port: 9999 });
  });

  it.each([
    ['models.mirror', { PENTIMENTO_MODELS_MIRROR: 'there.example' }],
    ['models.mirror', { PENTIMENTO_MODELS_MIRROR: 'file:///srv/models' }],
    ['models.mirror', { PENTIMENTO_MODELS_MIRROR: 'https://me:secret@there.example' }],
    ['models.offline', { PENTIMENTO_OFFLINE: 'perhaps' }],
    ['x.appSecret', { X_APP_SECRET: 'two words' }],
    ['web.port', { PENTIMENTO_PORT: 'eighty-eighty' }],
    ['web.port', { PENTIMENTO_PORT: '65536' }],
    ['web.port', { PENTIMENTO_PORT: '80.5' }],
    ['logLevel', { PENTIMENTO_LOG_LEVEL: 'chatty' }],
    ['mastodon.url', { MASTODON_URL: 'mastodon.example', MASTODON_ACCESS_TOKEN: 'abc' }],
    ['mastodon.url', { MASTODON_URL: 'ftp://mastodon.example', MASTODON_ACCESS_TOKEN: 'abc' }],
    [
      'mastodon.url',
      { MASTODON_URL: 'https://bot:secret@mastodon.example', MASTODON_ACCESS_TOKEN: 'abc' },
    ],
    // A line break from a copied page: the error of fetch() would repeat the whole token.
    [
      'mastodon.accessToken',
      { MASTODON_ACCESS_TOKEN: 'abc\ndef', MASTODON_URL: 'https://mastodon.example' },
    ],
  ])('with a bad value is refused by the name of the setting: %s', (key, environment) => {
    const message = failure(environment);
    expect(message).toMatch(/^the configuration cannot be used: /);
    expect(message).toContain(`${key} (`);
    for (const value of Object.values(environment)) expect(message).not.toContain(value);
  });

  it.skipIf(local).each([
    ['an address', 'mastodon.accessToken', { MASTODON_URL: 'https://mastodon.example' }],
    ['a token', 'mastodon.url', { MASTODON_ACCESS_TOKEN: 'secret-token' }],
    [
      'a token and an empty address',
      'mastodon.url',
      { MASTODON_URL: '', MASTODON_ACCESS_TOKEN: 'secret-token' },
    ],
  ])('with only %s of an account is refused, not taken for no account', (_, key, environment) => {
    const message = failure(environment);
    expect(message).toContain(`${key} (`);
    expect(message).not.toContain('secret-token');
  });

  it('has all that is wrong with it told at once, what nobody knows of included', () => {
    const file = join(temporaryFolder(), 'settings.yaml');
    writeFileSync(
      file,
      'colour: red\nrender: { size: 5, brush: wide }\npictures: { store: s3, stroe: s3 }\nqueue: { weights: { ada: 2 } }',
    );
    const [, reasons = ''] = /^[^:]+: (.*)$/.exec(failure({ PENTIMENTO_CONFIG: file })) ?? [];
    expect(reasons.split('; ').sort()).toEqual([
      'Unrecognized key: "colour"',
      'pictures.s3.bucket (S3_BUCKET): it takes one for store: s3',
      'pictures: Unrecognized key: "stroe"',
      'queue.weights.ada: it takes an address like ada@example.social',
      'render.size: Too small: expected number to be >=64',
      'render: Unrecognized key: "brush"',
    ]);
  });

  it('never has its values in a message, whatever they are: one may be the token in the wrong place', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/);
    const property = fc.property(token, (token) => {
      for (const key of ['MASTODON_URL', 'PENTIMENTO_PORT', 'PENTIMENTO_LOG_LEVEL'])
        expect(failure({ MASTODON_ACCESS_TOKEN: token, [key]: token })).not.toContain(token);
    });
    fc.assert(property, { numRuns: 30 });
  });
});
