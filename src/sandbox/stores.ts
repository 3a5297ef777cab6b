import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { AccountStore } from './accounts.js';
import { openDatabase } from './database.js';
import { createIdClock, type NextId } from './ids.js';
import { MediaStore } from './media.js';
import { NotificationStore } from './notifications.js';
import { StatusStore } from './statuses.js';

/** Everything the sandbox remembers. */
export interface Stores {
  readonly database: Database;
  readonly nextId: NextId;
  readonly now: () => Date;
  readonly accounts: AccountStore;
  readonly media: MediaStore;
  readonly notifications: NotificationStore;
  readonly statuses: StatusStore;
}

/** Opens what lies in a directory, or begins anew in an empty one. */
export function openStores(directory: string, now: () => Date): Stores {
  const database = openDatabase(directory);
  const nextId = createIdClock(database, now);
  return {
    database,
    nextId,
    now,
    accounts: new AccountStore(database, nextId, now),
    media: new MediaStore(database, join(directory, 'media'), nextId, now),
    notifications: new NotificationStore(database, nextId, now),
    statuses: new StatusStore(database),
  };
}
