import { createKey, listKeys, revokeKey } from '../queue/keys.js';
import { withDatabase } from './open.js';

/** `pentimento keys create NAME`: the key itself is printed once, and nobody can tell it again. */
export async function keysCreate(
  name: string,
  { weight }: { readonly weight: number },
): Promise<void> {
  await withDatabase(async (database) => {
    console.log(await createKey(database, { name, weight }, Date.now()));
    console.error(
      'Keep it now: it is not shown again. Programs send it as "Authorization: Bearer …".',
    );
  });
}

/** `pentimento keys list` */
export async function keysList(): Promise<void> {
  await withDatabase(async (database) => {
    const keys = await listKeys(database);
    if (keys.length === 0) console.log('There are no keys; "pentimento keys create" makes one.');
    for (const { id, name, weight, createdAt, usedAt, revokedAt } of keys) {
      const facts = [
        `since ${day(createdAt)}`,
        usedAt === undefined ? 'never used' : `last used ${day(usedAt)}`,
        ...(weight === 1 ? [] : [`weight ${weight}`]),
        ...(revokedAt === undefined ? [] : [`revoked ${day(revokedAt)}`]),
      ];
      console.log(`${id}  ${name}: ${facts.join(', ')}`);
    }
  });
}

/** `pentimento keys revoke ID` */
export async function keysRevoke(id: string): Promise<void> {
  await withDatabase(async (database) => {
    if (!(await revokeKey(database, id, Date.now())))
      throw new Error(`there is no key ${id} that holds; "pentimento keys list" shows them`);
    console.log(`${id} is revoked: from now on it opens nothing.`);
  });
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
