import type { TestProject } from 'vitest/node';
import { startCluster } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster's postgres://…, in a run that has one. */
    readonly postgres: string | undefined;
  }
}

/** For all files of a run, one cluster. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster();
  project.provide('postgres', cluster.url);
  return () => cluster.remove();
}
