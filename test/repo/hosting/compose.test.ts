import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { END_MS } from '../../../src/commands/bot.js';
import { loadConfig } from '../../../src/config.js';
import { projectRoot } from '../../../src/paths.js';
import { bytesOf, readCompose, readFleet, secondsOf } from './compose.js';
import { environmentOf, listOf, said, stageNamed } from './dockerfile.js';

const { services, volumes } = readCompose();
const all = Object.entries(services);

/** What the bot's own process may take: more than it ever did (docs/hostile.md). */
const BOT_BYTES = 300e6;

it('without a name, Compose starts the bot on the CPU and nothing else', () => {
  const started = all.filter(([, { profiles }]) => profiles === undefined);
  expect(started.map(([name, { build }]) => [name, build.target])).toEqual([['bot', 'cpu']]);
});

it('there is a service for every image that the Dockerfile is for', () => {
  expect(all.map(([, { build }]) => build.target)).toEqual(['cpu', 'gpu', 'cuda']);
  expect(new Set(all.map(([, { image }]) => image)).size).toBe(3);
});

describe.each(all)('%s', (_, service) => {
  const stage = stageNamed(service.build.target);

  it('has the settings that its paths and ports are made for, whatever .env says', () => {
    const config = loadConfig({ PENTIMENTO_DATA: '/elsewhere', ...service.environment });
    const inImage = loadConfig(environmentOf(stage));
    expect(config.dataFolder).toBe(inImage.dataFolder);
    expect(config.models.folder).toBe(inImage.models.folder);
    expect(config.web).toEqual(inImage.web);
    const [port] = said(stage, 'EXPOSE').slice(-1);
    expect(service.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(String(config.web.port)).toBe(port);
  });

  it('keeps what is in the image’s volumes, and brings the settings', () => {
    const mounts = service.volumes.map((volume) => volume.split(':'));
    const kept = mounts.filter(([source = '']) => source in volumes).map(([, target]) => target);
    expect(kept).toEqual(listOf(stage, 'VOLUME'));
    const brought = mounts.filter(([source = '']) => !(source in volumes));
    expect(brought).toEqual([['./config', '/app/config', 'ro']]);
    expect(existsSync(join(projectRoot, 'config/default.yaml'))).toBe(true);
    for (const { path, required } of service.env_file) {
      expect({ path, required }).toEqual({ path: '.env', required: false });
      expect(existsSync(join(projectRoot, `${path}.example`))).toBe(true);
    }
  });

  it('waits until the bot has ended, and kills it no sooner', () => {
    expect(secondsOf(service.stop_grace_period) * 1000).toBeGreaterThan(END_MS + 5000);
  });

  it('has memory for a painter at its ceiling, and the bot', () => {
    const { maxMegabytes } = loadConfig({}).render;
    expect(bytesOf(service.mem_limit)).toBeGreaterThan(maxMegabytes * 1e6 + BOT_BYTES);
  });

  it('may do nothing that it need not', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: ['/tmp'],
    });
  });
});

describe('of several processes on PostgreSQL', () => {
  const { postgres, processes } = readFleet();

  it('there is a database, one that listens, one that stands by, and two that paint', () => {
    expect(
      processes.map(([name, { command, deploy }]) => [name, ...command, deploy?.replicas ?? 1]),
    ).toEqual([
      ['listen', 'listen', 1],
      ['stand-by', 'listen', 1],
      ['work', 'work', 2],
    ]);
  });

  it('all have the database that is there, and wait until it can be used', () => {
    const { environment } = postgres;
    for (const [, one] of processes) {
      const url = new URL(one.environment.DATABASE_URL ?? '');
      expect([url.protocol, url.username, url.hostname, url.pathname]).toEqual([
        'postgres:',
        environment.POSTGRES_USER,
        'postgres',
        `/${environment.POSTGRES_DB}`,
      ]);
      // In an address some of it would have to be encoded.
      expect(url.password).toBe('');
      expect(one.environment.PGPASSWORD).toBe(environment.POSTGRES_PASSWORD);
      expect(one.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    }
  });

  it('each has a data folder of its own, and is as little trusted as the bot alone', () => {
    const alone = services.bot;
    for (const [, one] of processes) {
      expect(one.tmpfs).toContain(loadConfig(one.environment).dataFolder);
      expect(one.volumes.some((volume) => volume.split(':')[1] === '/data')).toBe(false);
      expect(one).toMatchObject({
        read_only: alone?.read_only,
        cap_drop: alone?.cap_drop,
        security_opt: alone?.security_opt,
        mem_limit: alone?.mem_limit,
        stop_grace_period: alone?.stop_grace_period,
      });
    }
  });

  it('one alone is reached from this machine, and PostgreSQL from none', () => {
    const reached = processes.filter(([, { ports = [] }]) => ports.length > 0);
    expect(reached.map(([name]) => name)).toEqual(['listen']);
    expect(postgres.ports).toBeUndefined();
  });
});

it.each(['compose.yaml', 'compose.postgres.yaml'])(
  'everything that %s takes from the environment has a value without it',
  (file) => {
    const text = readFileSync(join(projectRoot, file), 'utf8');
    const names = text.match(/\$\{[^}]*\}/g) ?? [];
    for (const name of names) expect(name).toMatch(/^\$\{[A-Z_]+:-.+\}$/);
  },
);
