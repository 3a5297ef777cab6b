import Database from 'better-sqlite3';
import type { Mention } from '../../../src/platforms/port.js';
import { filesStore } from '../../../src/pictures/files.js';
import type { Outcome } from '../../../src/queue/admission.js';
import { block } from '../../../src/queue/blocks.js';
import { cancel, notePost, setPaused } from '../../../src/queue/desk.js';
import { takeDown } from '../../../src/queue/gallery.js';
import { dropLetter, keepLetter, putLetterOff } from '../../../src/queue/inbox.js';
import { createKey, keyShown, listKeys, revokeKey } from '../../../src/queue/keys.js';
import { Queue } from '../../../src/queue/queue.js';
import { checked, forgetNow } from '../../../src/queue/retention.js';
import { openSqlite } from '../../../src/queue/sqlite.js';
import { mentionOf, painted, request } from '../../support/fixtures.js';
import { claimed, Clock, options } from '../../support/queue.js';

/*
 * A queue in which there is one of everything, by the bot's own ways, and then some that only bad luck brings about.
 */

/** What is hard to write down. */
const words = 'é 🖼️ 👩‍🎨 "quotes" \\back\\slashes \\u0000 \t\n — ‮ \u{10ffff}';

/** In thirds, so that no tag is a round number. */
const paint = (cost = 1 / 3): Outcome => ({ request, cost });

export async function fillHouse(file: string, folder: string): Promise<void> {
  const clock = new Clock();
  clock.time = 1_795_000_000_123;
  const database = openSqlite(file);
  const queue = new Queue(database, options, clock.now);
  let last = 0;
  const admit = async (outcome: Outcome, person = 'ada', changes: Partial<Mention> = {}) => {
    const id = String(++last);
    await queue.admit('here', mentionOf(id, person, changes), outcome, person === 'ada' ? 1 : 0.7);
    return id;
  };
  const paintOne = async () => {
    const claim = claimed(await queue.claimRender());
    await queue.rendered(claim, painted, { device: 'cpu', costPerSecond: 1e6 / 3 });
    return claimed(await queue.claimReply());
  };

  // Done with, in every way.
  await admit(paint());
  const shown = await paintOne();
  await queue.answered(shown, '1000');
  await checked(database, shown.id, clock.time);
  await admit(paint(), 'ada', { text: '#nogallery' });
  const down = await paintOne();
  await queue.answered(down, '1001');
  await takeDown(database, down.id);
  await admit(paint(), 'bela');
  const forgotten = await paintOne();
  await queue.answered(forgotten, '1002');
  await forgetNow(database, filesStore(folder), forgotten.id);
  await admit(paint());
  await queue.unanswerable(await paintOne());
  await queue.cancel('here', await admit(paint(), 'bela'));
  // Waiting for an answer, some put off.
  await admit({ refusal: { type: 'no pictures' } });
  await queue.retryReply(claimed(await queue.claimReply()), clock.time + 60_000);
  await admit({ help: { sizes: { usual: 512, max: 768 } } }, 'cleo');
  await admit({ status: true }, 'dora');
  await admit({ removal: '1000' }, 'ada');
  await admit({ talk: true }, 'bela');
  // Waiting to be painted: put off, handed back, being painted, with a word in between, and many in line.
  await admit(paint(), 'ada');
  await queue.retryRender(claimed(await queue.claimRender()), clock.time + 3_600_000);
  await admit(paint(0.1 + 0.2), 'bela');
  await queue.handBack(claimed(await queue.claimRender()));
  for (let i = 0; i < 30; i++)
    await admit(paint((i + 1) / 7), ['ada', 'bela', 'cleo', 'dora'][i % 4], { text: words });
  const rendering = claimed(await queue.claimRender());
  await notePost(database, rendering.id, '1003', 'interim_id');
  await cancel(database, rendering.id + 7, clock.time);

  await block(database, '@troll@trolls.example', clock.time);
  await block(database, 'spam.example', clock.time);
  const key = await createKey(database, { name: words, weight: 2.5 }, clock.time);
  await keyShown(database, key, clock.time);
  await createKey(database, { name: 'revoked', weight: 1 }, clock.time);
  const [, revoked] = await listKeys(database);
  await revokeKey(database, revoked?.id ?? '', clock.time);
  for (const id of ['5001', '5002', '5003'])
    await keepLetter(database, 'here', mentionOf(id, 'emil', { text: words }));
  await putLetterOff(database, 'here', '5001', clock.time + 5000);
  await dropLetter(database, 'here', '5003');
  await queue.cursor('here').set(words);
  const ledger = queue.ledger('x:easel@x.com');
  await ledger.keep([mentionOf('99'), mentionOf('100', 'ada', { text: words })], '100');
  const settled = await ledger.begin('99');
  await ledger.settle(settled, { id: '18446744073709551615', text: words, hasPicture: true });
  await ledger.begin('100');
  await ledger.spend('2026-11-27', 30, 100);
  await setPaused(database, true);
  await setPaused(database, false);
  await database.close();
  overflow(file);
}

/** The ends of what the columns hold. */
function overflow(file: string): void {
  const database = new Database(file);
  const insert = database.prepare(
    `INSERT INTO requests (id, platform, mention_id, person, mention, state, start_tag, finish_tag, cost, created_at, changed_at)
     VALUES (?, 'edge', ?, 'ada', '{}', 'cancelled', ?, ?, ?, ?, ?)`,
  );
  database.exec("INSERT INTO people (platform, person) VALUES ('edge', 'ada')");
  const doubles = [5e-324, 1.7976931348623157e308, 0, 0.1 + 0.2, 2 ** 53 + 2, Math.PI, Infinity];
  for (const [i, value] of doubles.entries())
    insert.run(
      2n ** 53n + BigInt(i),
      `edge ${i}`,
      value,
      -value,
      value / 3,
      9223372036854775807n,
      -9223372036854775808n,
    );
  database.close();
}
