import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Download, Format } from './source.js';

/*
 * The files of downloaded networks: NAME.pth or NAME.h5 in one folder, and NAME.….part while one is being fetched.
 */

const endings: Readonly<Record<Format, string>> = { 'pytorch-legacy': 'pth', 'keras-hdf5': 'h5' };

/** `incomplete` is one of which a part has been fetched; `damaged`, one that is not what its manifest says. */
export type FileState = 'sound' | 'damaged' | 'incomplete' | 'not here';

/** Where the weights of a network lie. */
export function weightsFile(folder: string, name: string, { format }: Download): string {
  return join(folder, `${name}.${endings[format]}`);
}

/** What has been fetched of a file so far. */
export function partOf(file: string): string {
  return `${file}.part`;
}

/** Which version of the file a server gave the part of (its ETag). */
export function versionOf(file: string): string {
  return `${file}.part.etag`;
}

/** Looks at a file, all of it. */
export async function stateOf(file: string, source: Download): Promise<FileState> {
  if (await isFile(file)) return (await isSound(file, source)) ? 'sound' : 'damaged';
  return (await isFile(partOf(file))) ? 'incomplete' : 'not here';
}

/** Whether a file is what its manifest says: its length and its hash. */
async function isSound(file: string, source: Download): Promise<boolean> {
  return (
    (await stat(file)).size === source.bytes && (await digestOf(file, source)) === source.digest
  );
}

/** The hash of a file, by the manifest's method, as the manifest writes it. */
export async function digestOf(file: string, { digest }: Download): Promise<string> {
  const method = digest.startsWith('md5:') ? 'md5' : 'sha256';
  const hash = createHash(method);
  await pipeline(createReadStream(file), hash);
  return `${method}:${hash.digest('hex')}`;
}

/** Deletes a file, and what has been fetched of it; says whether there was anything. */
export async function removeWeights(file: string): Promise<boolean> {
  const all = [file, partOf(file), versionOf(file)];
  const there = await Promise.all(all.map(isFile));
  await Promise.all(all.map((name) => rm(name, { force: true })));
  return there.includes(true);
}

async function isFile(name: string): Promise<boolean> {
  return (await stat(name).catch(() => undefined))?.isFile() ?? false;
}
