import { setTimeout as sleep } from 'node:timers/promises';
import type { mastodon } from 'masto';
import { signUp } from '../support/stage.js';
import type { Case, Outcome } from './case.js';
import type { Row, Scene } from './scene.js';

export interface Result {
  readonly name: string;
  /** What came of it, or what is wrong with it. */
  readonly outcome: string;
  readonly isRight: boolean;
  /** From the post to its answer. */
  readonly seconds: number;
}

/** Within this time the bot must be done with a case: time-outs of a minute and new attempts, its own or others'. */
const LIMIT_MS = 180_000;

/** Lets one case happen, and looks what comes of it. */
export async function judge(scene: Scene, poster: string, each: Case): Promise<Result> {
  const { stage, relay, rowsOf } = scene;
  const client = await signUp(stage.url, poster);
  if (each.list) await relay.answerList(each.list);
  if (each.upgrade) await relay.stream.answerUpgrade(each.upgrade);
  if (each.stream) await relay.stream.play(each.stream);
  const start = performance.now();
  const post = await client.v1.statuses.create({ status: `@pentimento ${poster}` });
  if (each.outcomes.includes('passed over')) await probe(scene);

  const deadline = Date.now() + LIMIT_MS;
  let row: Row | undefined;
  let outcome: Outcome | undefined;
  while (outcome === undefined && Date.now() < deadline) {
    [row] = rowsOf(post.account.id);
    if (row !== undefined) outcome = outcomeOf(row, each) ?? (await answerTo(client, post));
    else if (each.outcomes.includes('passed over')) outcome = 'passed over';
    if (outcome === undefined) await sleep(50);
  }
  const wrong = complaint(scene, poster, each, outcome);
  return {
    name: each.name,
    outcome: wrong ?? outcome ?? '',
    isRight: wrong === undefined,
    seconds: (performance.now() - start) / 1000,
  };
}

/** What can be told without a look at the server. */
function outcomeOf({ state, notBefore }: Row, { outcomes }: Case): Outcome | undefined {
  if (state === 'unanswerable') return state;
  const isPutOff = state === 'queued' && notBefore > Date.now();
  return isPutOff && outcomes.includes('put off') ? 'put off' : undefined;
}

/** The one answer to a post, as anybody sees it. */
async function answerTo(
  client: mastodon.rest.Client,
  { id }: mastodon.v1.Status,
): Promise<Outcome | undefined> {
  const { descendants } = await client.v1.statuses.$select(id).context.fetch();
  const [answer, ...more] = descendants.filter(
    ({ account, inReplyToId }) => account.username === 'pentimento' && inReplyToId === id,
  );
  if (answer === undefined) return undefined;
  if (more.length > 0) throw new Error(`${descendants.length} answers to ${id}`);
  const [picture] = answer.mediaAttachments;
  if (picture !== undefined && (picture.description ?? '') === '') throw new Error('no alt text');
  return picture === undefined ? 'sentence' : 'picture';
}

function complaint(
  { relay, stage }: Scene,
  poster: string,
  { outcomes }: Case,
  outcome: Outcome | undefined,
): string | undefined {
  if (stage.supervisor.starts > 1) return 'the bot has died';
  if (outcome === undefined) return 'nothing in time';
  if (!outcomes.includes(outcome)) return `${outcome}, not ${outcomes.join(' or ')}`;
  if (!relay.hasAnswered(poster)) return 'the hostile answer was not asked for';
  return undefined;
}

/** An ordinary mention: when the bot has written this one down, it has seen everything before it. */
async function probe({ ada, rowsOf }: Scene): Promise<void> {
  const { id, account } = await ada.v1.statuses.create({ status: '@pentimento hello' });
  while (!rowsOf(account.id).some(({ mention }) => mention === id)) await sleep(50);
}

/** An ordinary wish. Undefined if it was painted; otherwise what is wrong. */
export async function vitalSign({ ada, good }: Scene): Promise<string | undefined> {
  const upload = {
    file: new Blob([new Uint8Array(good)]),
    description: 'A good picture.',
    skipPolling: true,
  } as const;
  const [photo, painting] = [await ada.v2.media.create(upload), await ada.v2.media.create(upload)];
  const status = '@pentimento please';
  const post = await ada.v1.statuses.create({ status, mediaIds: [photo.id, painting.id] });
  const deadline = Date.now() + LIMIT_MS;
  while (Date.now() < deadline) {
    const outcome = await answerTo(ada, post);
    if (outcome !== undefined)
      return outcome === 'picture' ? undefined : `an ordinary wish got a ${outcome}`;
    await sleep(100);
  }
  return 'an ordinary wish was not answered';
}
