import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { END_MS } from '../../src/commands/bot.js';
import { loadConfig } from '../../src/config.js';
import { projectRoot } from '../../src/paths.js';
import { bytesOf, readCompose, secondsOf } from './compose.js';
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

it('everything that it takes from the environment has a value without it', () => {
  const text = readFileSync(join(projectRoot, 'compose.yaml'), 'utf8');
  const names = text.match(/\$\{[^}]*\}/g) ?? [];
  for (const name of names) expect(name).toMatch(/^\$\{[A-Z_]+:-.+\}$/);
});
