import type { TestProject } from 'vitest/node';
import { startCluster } from './postgres.js';
import { prerequisites } from './prerequisites.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The postgres://… of the cluster that all files of a project share, where there is one. */
    readonly postgres: string | undefined;
  }
}

/** Starts one cluster for all files of a project. */
export default async function setup(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  if (!prerequisites.postgres.isInstalled) return undefined;
  const cluster = await startCluster();
  project.provide('postgres', cluster.url);
  return () => cluster.remove();
}
