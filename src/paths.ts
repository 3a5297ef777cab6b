import { fileURLToPath } from 'node:url';

/**
 * The folder that holds package.json, models/, config/ and data/: one level above this file both in src/ (run by
 * tsx) and in dist/ (compiled).
 */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));
