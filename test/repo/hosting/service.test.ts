import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { END_MS } from '../../../src/commands/bot.js';
import { loadConfig } from '../../../src/config.js';
import { projectRoot } from '../../../src/paths.js';
import { bytesOf } from './compose.js';

const file = join(projectRoot, 'config', 'pentimento.service');
const lines = readFileSync(file, 'utf8').split('\n');
const valueOf = (name: string) =>
  lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the unit for systemd', () => {
  it('starts what npm knows as pentimento', () => {
    const text = readFileSync(join(projectRoot, 'package.json'), 'utf8');
    const { bin } = z.object({ bin: z.object({ pentimento: z.string() }) }).parse(JSON.parse(text));
    expect(valueOf('ExecStart')).toBe(`/usr/bin/node ${bin.pentimento} bot`);
  });

  it('names documentation that is there', () => {
    const [, path = ''] = /^file:\/\/\/opt\/pentimento\/(.*)$/.exec(valueOf('Documentation')) ?? [];
    expect(existsSync(join(projectRoot, path))).toBe(true);
  });

  it('waits until the bot has ended, and kills it no sooner', () => {
    expect(Number(valueOf('TimeoutStopSec')) * 1000).toBeGreaterThan(END_MS + 5000);
  });

  it('has memory for a painter at its ceiling, and the bot', () => {
    const { maxMegabytes } = loadConfig({}).render;
    expect(bytesOf(valueOf('MemoryMax'))).toBeGreaterThan(maxMegabytes * 1e6 + 300e6);
  });

  it.skipIf(!hasSystemd)('is understood by systemd, all of it', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    // That there is no such user on this machine, or no Node at that place, is not the unit's fault.
    const complaints = stderr.split('\n').filter((line) => line.includes('pentimento.service:'));
    expect(complaints).toEqual([]);
    expect(status).toBe(0);
  });

  it.skipIf(!hasSystemd)('exposes little, as systemd counts', () => {
    // Of 100; 20 is "OK". What is left is the network, /proc, and memory that V8 writes and executes.
    const { stdout, status } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=20', file],
      { encoding: 'utf8' },
    );
    expect(stdout).toContain('Overall exposure level');
    expect(status).toBe(0);
  });
});
