import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { mastodon } from 'masto';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import type { State } from '../../src/queue/states.js';
import { openStage, signUp, type Stage } from '../support/stage.js';
import { addresses } from './addresses.js';
import { answers } from './answers.js';
import type { Case } from './case.js';
import { downloads } from './downloads.js';
import { drawOriginals } from './originals.js';
import { pictures } from './pictures.js';
import { posts } from './posts.js';
import { Relay } from './relay.js';
import { streams } from './streams.js';
import { setTrap, type Trap } from './trap.js';

/** What the bot has written down about somebody's post. */
export interface Row {
  readonly mention: string;
  readonly state: State;
  /** In milliseconds since 1970. */
  readonly notBefore: number;
  /** In milliseconds since 1970, as the two below. */
}

export interface Scene {
  readonly stage: Stage;
  readonly relay: Relay;
  readonly trap: Trap;
  /** By the name of who is to post it. */
  readonly cases: ReadonlyMap<string, Case>;
  /** Somebody with good pictures. */
  readonly ada: mastodon.rest.Client;
  /** A picture that can be painted, quickly. */
  readonly good: Buffer;
  readonly rowsOf: (person: string) => readonly Row[];
  readonly close: () => Promise<void>;
}

/** Tiny pictures; and enough painters that nobody waits for a slow server: its downloads take a painter's place. */
const settings = `render: { size: 64, workers: 8 }`;

/** Which cases are to happen: a case's name, and its place among all. */
export type Choice = (name: string, index: number) => boolean;

/** A bot at work, behind a relay that knows the chosen cases. */
export async function openScene(isChosen: Choice): Promise<Scene> {
  const trap = await setTrap();
  const all = [
    ...(await pictures()),
    ...posts(),
    ...addresses(trap.port),
    ...downloads(),
    ...answers(),
    ...streams(),
  ];
  const chosen = all.filter(({ name }, i) => isChosen(name, i));
  const cases = new Map(chosen.map((each, i) => [`case${i}`, each]));
  const { png: good } = await drawOriginals();
  const relay = new Relay(cases, { photo: good, painting: good });
  const stage = await openStage({ name: 'corpus', settings, front: (url) => relay.open(url) });
  const ada = await signUp(stage.url, 'ada');
  stage.supervisor.start();
  await relay.stream.connected();
  const database = new Database(join(stage.folder, DATABASE_FILE), { readonly: true });
  const rows = database.prepare<[string], Row>(
    'SELECT mention_id AS mention, state, not_before AS notBefore FROM requests WHERE person = ?',
  );
  const close = async () => {
    database.close();
    await stage.supervisor.stop();
    relay.close();
    trap.close();
    await stage.close();
  };
  return { stage, relay, trap, cases, ada, good, rowsOf: (person) => rows.all(person), close };
}
