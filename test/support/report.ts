import type { TestProject } from 'vitest/node';
import { prerequisites, type PrerequisiteName } from './prerequisites.js';

/** What the tests of a project need beyond npm's packages. */
const needs: Readonly<Record<string, readonly PrerequisiteName[]>> = {
  unit: ['vulkan'],
  smoke: ['chromium', 'postgres'],
  integration: ['vulkan'],
  browser: ['chromium'],
  postgres: ['postgres'],
  platforms: ['snac2'],
  chaos: ['postgres'],
};

/** Projects that have property tests. */
const withProperties: readonly string[] = ['unit', 'postgres'];

/** Prints the seed of the property tests, and at the end which tests were skipped and why. */
export default function setup({ name, config }: TestProject): () => void {
  if (withProperties.includes(name))
    console.log(`${name}: property tests use seed ${String(config.env.FC_SEED)} (FC_SEED)`);
  return () => {
    for (const need of needs[name] ?? []) {
      const { isInstalled, covers, install } = prerequisites[need];
      if (!isInstalled) console.warn(`${name}: ${covers} were skipped. To run them: ${install}`);
    }
  };
}
