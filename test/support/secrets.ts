import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/*
 * What no test may find: whatever the tests let a process know that is to stay secret is registered here, and everything
 * that a process writes is searched for it.
 */

export type Kind =
  | 'access token'
  | 'access key'
  | 'app secret'
  | 'client secret'
  | 'refresh token'
  | 'authorization code';

/** By each form that it may be written in. */
const kinds = new Map<string, Kind>();

/** Shorter ones ("x") are found anywhere. */
const SHORTEST = 8;

/** From now on nothing may hold this. Gives it back. */
export function secret(kind: Kind, value: string): string {
  if (value.length < SHORTEST) throw new Error(`a ${kind} of ${value.length} letters is no secret`);
  for (const form of formsOf(value)) kinds.set(form, kind);
  return value;
}

/** In clear, in a URL, and in base64 of both alphabets, wherever in the encoded text it begins. */
function formsOf(value: string): readonly string[] {
  const encoded = (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
      // Without the letters at both ends that are made of neighboring bytes, too.
      const whole = bytes.toString(encoding).replaceAll('=', '');
      return whole.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    }),
  );
  return [value, encodeURIComponent(value), ...encoded];
}

/** A complaint for each kind of secret that is in there. Never the secret itself: what complains is printed, too. */
export function secretsIn(where: string, content: string | Buffer): readonly string[] {
  const found = [...kinds].filter(([form]) => content.includes(form)).map(([, kind]) => kind);
  return [...new Set(found)].map((kind) => `${where} holds a secret: the ${kind}`);
}

/** The same for every file in a folder. The file of credentials may hold them, if nobody but its owner may read it. */
export function secretsUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile()) return [];
    if (!/^accounts\.json(\.moved)?$/.test(basename(file)))
      return secretsIn(file, readFileSync(file));
    const mode = lstatSync(file).mode & 0o777;
    return mode === 0o600 ? [] : [`${file} holds secrets, and its mode is ${mode.toString(8)}`];
  });
}

/** @throws Error that tells the complaints, if there are any */
export function expectNone(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error([...new Set(complaints)].join('\n'));
}
