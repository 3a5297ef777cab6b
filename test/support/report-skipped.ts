import type { TestProject } from 'vitest/node';
import { prerequisites, type PrerequisiteName } from './prerequisites.js';

/** What the tests of a project need beyond npm's packages. */
const needs: Readonly<Record<string, readonly PrerequisiteName[]>> = {
  unit: ['vulkan'],
  smoke: ['chromium', 'postgres'],
  browser: ['chromium'],
  postgres: ['postgres'],
  platforms: ['snac2'],
  chaos: ['postgres'],
};

/** Says at the end of a run which tests were skipped, and what to install for them. */
export default function setup({ name }: TestProject): () => void {
  return () => {
    for (const need of needs[name] ?? []) {
      const { isInstalled, covers, install } = prerequisites[need];
      if (!isInstalled) console.warn(`${name}: ${covers} were skipped. To run them: ${install}`);
    }
  };
}
