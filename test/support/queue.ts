import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Attachment, Mention } from '../../src/platforms/port.js';
import { openDatabase } from '../../src/queue/database.js';
import { Queue } from '../../src/queue/queue.js';
import type { Answer } from '../../src/queue/states.js';
import type { RenderRequest } from '../../src/requests/request.js';
import { temporaryFolder } from './folder.js';

export const LEASE_MS = 1000;

/** A clock that only moves when it is told to. */
export class Clock {
  time = 1_000_000;
  readonly now = () => this.time;
}

export const picture: Attachment = {
  kind: 'picture',
  url: 'https://pictures.example/1.jpg',
  description: '',
};
export const request: RenderRequest = {
  content: picture,
  styles: [picture],
  strength: 50,
  notes: [],
};
export const painted: Answer = {
  type: 'painted',
  file: 'pictures/1.jpg',
  seconds: 12.3,
  width: 512,
  height: 384,
};

export function mentionOf(id: string, person = 'ada', changes: Partial<Mention> = {}): Mention {
  return {
    id,
    author: { id: person, handle: person },
    text: '',
    attachments: [picture, picture],
    visibility: 'public',
    sensitive: false,
    spoiler: '',
    language: null,
    ...changes,
  };
}

/** Where a test's database lies. */
export function databaseFile(): string {
  return join(temporaryFolder(), 'queue.sqlite3');
}

/** A queue over a real file, closed when the current test has finished. */
export function queueAt(file: string, now?: () => number): Queue {
  const database = openDatabase(file);
  // What is proven here does not depend on a power cut, and waiting for the disk takes most of the time.
  database.pragma('synchronous = OFF');
  onTestFinished(() => void database.close());
  return new Queue(database, LEASE_MS, now);
}

/** Claims that must be there. */
export function claimed<T>(claim: T | undefined): T {
  if (claim === undefined) throw new Error('there was nothing to claim');
  return claim;
}
