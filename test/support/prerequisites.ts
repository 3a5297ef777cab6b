import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/paths.js';

/** Software that npm does not install. Tests that need it are skipped without it. */
export interface Prerequisite {
  readonly isInstalled: boolean;
  /** The tests that are skipped without it. */
  readonly covers: string;
  /** The command that installs it on Debian, as root. */
  readonly install: string;
}

/** Chromium without its windows starts pages in half the time. The whole one does, too. */
export const CHROMIUM = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) =>
  existsSync(path),
);
/** The program of snac2, which speaks Mastodon's API. */
export const SNAC2 = join(projectRoot, 'node_modules/.cache/snac2/usr/bin/snac');
/** The Vulkan driver of Debian's Chromium for machines without a GPU. WebGPU can use it. */
export const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const VULKAN = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1';

/** The folder of PostgreSQL's programs: the newest of Debian's, or else '' for those on the path. */
export function postgresPrograms(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const newest = versions.sort((a, b) => b - a)[0];
  return newest === undefined ? '' : join(debian, String(newest), 'bin');
}

const DEBIAN = 'test/support/install-debian-packages';

export const prerequisites = {
  chromium: {
    isInstalled: CHROMIUM !== undefined,
    covers: 'tests of the pages',
    install: DEBIAN,
  },
  postgres: {
    isInstalled: spawnSync(join(postgresPrograms(), 'initdb'), ['--version']).status === 0,
    covers: 'tests on PostgreSQL',
    install: DEBIAN,
  },
  snac2: {
    isInstalled: existsSync(SNAC2),
    covers: 'tests on a real server of another make, snac2',
    install: 'test/support/install-snac2',
  },
  vulkan: {
    isInstalled: existsSync(SWIFTSHADER) && existsSync(VULKAN),
    covers: 'tests of WebGPU in software',
    install: DEBIAN,
  },
} as const satisfies Readonly<Record<string, Prerequisite>>;

export type PrerequisiteName = keyof typeof prerequisites;
