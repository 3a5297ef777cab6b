import { claimRender, claimReply, RECALL, RECALL_FUTURE } from '../../src/queue/claims.js';
import type { Ground } from './engine.js';

export type Plans = Readonly<Record<string, readonly string[]>>;

/** How an engine goes about the statements that every request meets. */
export async function plansOf(ground: Ground): Promise<Plans> {
  const waiting = "state IN ('queued', 'rendering')";
  const now = 1e12;
  const claim = { now, until: now, tooLong: now, token: '' };
  const statements = {
    'the next request to render': [claimRender(ground.engine, 'NULL'), claim],
    'the next answer to post': [claimReply(ground.engine, 'NULL'), claim],
    'what was put off and is due': [RECALL, { now }],
    'what was put off for too long': [RECALL_FUTURE, { now }],
    'a mention that is there already': [
      "SELECT 1 FROM requests WHERE platform = 'here' AND mention_id = '1'",
      {},
    ],
    'the largest finish tag': ['SELECT max(finish_tag) FROM people', {}],
    'how much a person has waiting': [
      `SELECT id FROM requests WHERE platform = 'here' AND person = 'person 1' AND ${waiting}
       ORDER BY start_tag, id LIMIT 10`,
      {},
    ],
    'how much a person asked for today': [
      `SELECT created_at FROM requests WHERE platform = 'here' AND person = 'person 1'
       AND created_at BETWEEN 0 AND 1 AND cost > 0 ORDER BY created_at DESC LIMIT 1 OFFSET 9`,
      {},
    ],
  } as const;
  const plans: Record<string, readonly string[]> = {};
  for (const [name, [sql, values]] of Object.entries(statements))
    plans[name] = await ground.plan(sql, values);
  return plans;
}
