import { join } from 'node:path';
import { projectRoot } from '../../src/paths.js';

/** A photograph of somebody, in the public domain (see portraits.yaml beside it). */
export function portrait(
  name: 'astronaut' | 'grace-hopper' | 'antoine-claudet' | 'expedition',
): string {
  return join(projectRoot, 'test/portraits', `${name}.jpg`);
}
