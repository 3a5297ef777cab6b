import type { Sql } from '../../src/queue/sql.js';

/*
 * Whether the order is fair, watched by the database itself, which alone can tell what was there at the moment of a claim.
 */

/**
 * Has every claim of a render write down whom it has overtaken: who was waiting with a smaller tag when the claim was made. A function
 * that is STABLE sees what the statement sees that calls it, and so what the claim could see. Whom a dead holder has left, waits
 * since the lease has run out, and who was put off, since that is over. Whom another one was taking or changing at the same moment
 * was rightly passed over: the xmax is a transaction's that was not over then.
 */
export async function watchOrder(postgres: Sql): Promise<void> {
  for (const statement of [
    `ALTER TABLE requests ADD COLUMN claims INTEGER NOT NULL DEFAULT 0, ADD COLUMN waited INTEGER NOT NULL DEFAULT 0,
       ADD COLUMN overtook TEXT NOT NULL DEFAULT ''`,
    `CREATE FUNCTION waits(one requests, now BIGINT) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
       SELECT one.state IN ('queued', 'rendering') AND (one.deferred = 0 OR one.not_before <= now)
         AND (one.lease_until IS NULL OR one.lease_until <= now) $$`,
    `CREATE FUNCTION note_overtaken() RETURNS trigger LANGUAGE plpgsql STABLE AS $$
     BEGIN
       NEW.claims := NEW.claims + 1;
       NEW.waited := NEW.waited + (SELECT count(*) FROM requests AS waiting WHERE waits(waiting, NEW.changed_at) AND id <> NEW.id);
       NEW.overtook := concat_ws(' ', nullif(NEW.overtook, ''), (
         SELECT string_agg(id::text, ' ' ORDER BY id) FROM requests AS waiting
         WHERE waits(waiting, NEW.changed_at) AND (start_tag, id) < (NEW.start_tag, NEW.id) AND
           (waiting.xmax::text = '0' OR pg_visible_in_snapshot(waiting.xmax::text::xid8, pg_current_snapshot()))));
       RETURN NEW;
     END $$`,
    `CREATE TRIGGER overtaken BEFORE UPDATE ON requests FOR EACH ROW
     WHEN (NEW.state = 'rendering' AND NEW.lease_token IS DISTINCT FROM OLD.lease_token)
     EXECUTE FUNCTION note_overtaken()`,
  ])
    await postgres.run(statement);
}

export interface Order {
  /** How often a request was taken up. */
  readonly claims: number;
  /** How many others waited then, all claims together: how much there was to overtake. */
  readonly waited: number;
  /** Of each that was taken up before its turn, the ids of those who should have been before it. */
  readonly overtakings: readonly { readonly id: number; readonly overtook: string }[];
}

export async function orderOf(postgres: Sql): Promise<Order> {
  const sums = await postgres.get<Omit<Order, 'overtakings'>>(
    'SELECT sum(claims) AS claims, sum(waited) AS waited FROM requests',
  );
  const overtakings = await postgres.all<Order['overtakings'][number]>(
    "SELECT id, overtook FROM requests WHERE overtook <> '' ORDER BY id",
  );
  return { claims: sums?.claims ?? 0, waited: sums?.waited ?? 0, overtakings };
}
