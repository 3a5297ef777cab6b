import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import { weightOf } from '../../src/platforms/x/text.js';
import { DATABASE_FILE } from '../../src/queue/sqlite.js';
import { somebody } from '../support/platforms/x-network.js';
import { rounds } from '../support/rounds.js';
import { expectNone, secretsUnder } from '../support/secrets.js';
import { Supervisor } from '../support/supervisor.js';
import { signedInToX, xSettings } from '../support/x-account.js';
import type { Endpoint } from '../x/meter.js';
import { FakeX, faultKinds, type Fault } from '../x/server.js';
import { countFinal, statesIn } from './acts.js';
import { Bag, Dice } from './dice.js';
import { LIMIT_MS, SEED } from './trial.js';

const MENTIONS = rounds(100, 300);
/** Every fifteenth mention asks for a picture. The others are told in words how to ask. */
const PICTURE_EVERY = 15;
/** The bot is killed whenever this many more have been posted. */
const KILL_EVERY = rounds(25, 40);
/** How often a request goes wrong; of an upload, which takes several, not so often. */
const faultRate = (endpoint: Endpoint) =>
  endpoint === 'upload' || endpoint === 'metadata' ? 0.05 : 0.15;

/** Generous: it may be started on a machine that has much else to do. */
const startsWithin = { timeout: 5 * 60_000, interval: 100 };

/** Narrow, which makes it quick to paint. */
async function picture(color: string): Promise<Buffer> {
  const create = { width: 64, height: 16, channels: 3, background: color } as const;
  return sharp({ create }).jpeg().toBuffer();
}

it(
  'answers every mention on X once, among faults and kills, and reads nothing twice',
  async () => {
    const dice = new Dice(SEED, 'faults of X');
    const bag = new Bag<Fault>(
      faultKinds as readonly [Fault, ...Fault[]],
      new Dice(SEED, 'kinds of them'),
    );
    const counts = new Map<Fault, number>();
    // Nothing here is about X's limits, which a bot would rightly wait for.
    const limits = {
      me: 1e6,
      mentions: 1e6,
      'own posts': 1e6,
      post: 1e6,
      upload: 1e6,
      metadata: 1e6,
    };
    const x = await new FakeX({ limits }).open();
    let lost = 0;
    let isFair = false;
    x.fault = (endpoint) => {
      if (isFair || !dice.chance(faultRate(endpoint))) return undefined;
      const fault = bag.draw();
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
      if (endpoint === 'post' && (fault === 'reset after' || fault === 'truncated answer')) lost++;
      return fault;
    };
    const root = await mkdtemp(join(tmpdir(), 'pentimento-x-'));
    const folder = join(root, 'bot');
    const config = join(root, 'settings.yaml');
    await writeFile(
      config,
      ['render: { size: 64 }', 'queue: { leaseSeconds: 1 }', 'logLevel: debug', xSettings(x)].join(
        '\n',
      ),
    );
    const account = signedInToX(x, folder);
    const self = x.world.user('pentimento');
    const supervisor = new Supervisor({
      folder,
      environment: {
        PENTIMENTO_CONFIG: config,
        PENTIMENTO_PORT: '0',
        MASTODON_URL: '',
        MASTODON_ACCESS_TOKEN: '',
      },
      pauseMs: () => 0,
      onStart: () => undefined,
      onLine: () => undefined,
    });
    let kills = 0;
    /** How much was answered when it was last killed. */
    let done = 0;
    try {
      supervisor.start();
      const asked: { readonly id: string; readonly isPainted: boolean }[] = [];
      for (let i = 0; i < MENTIONS; i++) {
        const isPainted = i % PICTURE_EVERY === 0;
        // Each by somebody else: X refuses the same words to the same person.
        const person = somebody(x, x.world.user(`person${i}`));
        const pictures = isPainted
          ? [
              { data: await picture('teal'), description: 'a boat' },
              { data: await picture('orange'), description: 'waves' },
            ]
          : [];
        asked.push({ id: await person.post('@pentimento please', { pictures }), isPainted });
        await sleep(dice.between(0, 300));
        if (i % KILL_EVERY === KILL_EVERY - 1) {
          // Not before it has done something, or a busy machine would have it killed while it starts, again and again.
          await vi.waitFor(() => expect(countFinal(folder)).toBeGreaterThan(done), startsWithin);
          done = countFinal(folder);
          // After a third attempt the bot would rightly apologize.
          while (
            statesIn(folder).some(({ state, attempts }) => state === 'rendering' && attempts > 1)
          )
            await sleep(100);
          supervisor.kill();
          kills++;
        }
      }
      for (let quiet = 0, before = -1; countFinal(folder) < MENTIONS && quiet < 2400; quiet++) {
        const now = countFinal(folder);
        // Or the unluckiest answer would wait longer and longer, and never be done.
        isFair ||= now >= 0.8 * MENTIONS;
        if (now !== before) [quiet, before] = [0, now];
        await sleep(100);
      }
      expect(await supervisor.stop()).toBe(0);

      const ours = x.world.list((post) => post.author === self);
      for (const { id, isPainted } of asked) {
        const [answer, ...more] = ours.filter(({ inReplyTo }) => inReplyTo?.id === id);
        expect(more, id).toEqual([]);
        expect(answer?.text, id).toMatch(
          isPainted ? /strength 50/ : /Mention me with two pictures/,
        );
        expect(
          answer?.media.map(({ altText }) => altText !== ''),
          id,
        ).toEqual(isPainted ? [true] : []);
        expect(weightOf(answer?.text ?? '')).toBeLessThanOrEqual(300); // with the name before it
      }
      expect(ours).toHaveLength(MENTIONS);

      const database = new Database(join(folder, DATABASE_FILE), { readonly: true });
      const counted = database.prepare<[], number>('SELECT sum(n) FROM reads').pluck().get() ?? 0;
      database.close();

      const painted = asked.filter(({ isPainted }) => isPainted).length;
      const ownRead = x.bill.count('ownedRead') - MENTIONS;
      const { bill } = x;
      console.log(
        [
          `${MENTIONS} mentions, ${[...counts.values()].reduce((sum, n) => sum + n, 0)} faults, ${kills} kills, ${supervisor.starts} starts`,
          `reads charged: ${bill.reads} = ${MENTIONS} mentions + ${bill.count('user')} people + ${bill.count('media')} pictures + ${ownRead} of our own posts, of which ${lost} answers were lost to faults`,
          `in answers, those included that were lost and asked for again: ${bill.delivered}; counted by the bot: ${counted}`,
          `posts: ${bill.count('reply')}, alt texts: ${bill.count('mediaMetadata')}; in all $${bill.dollars.toFixed(2)}`,
        ].join('\n'),
      );
      expect(counted, 'the budget misses nothing').toBeGreaterThanOrEqual(bill.delivered);
      // The least that X's API allows: each mention with its author and pictures once, ourselves once, and of our own posts
      // those of which nobody could know that they were made.
      expect(bill.count('user')).toBe(MENTIONS + 1);
      expect(bill.count('media')).toBe(2 * painted);
      expect(bill.count('post')).toBe(0);
      expect(ownRead).toBeGreaterThanOrEqual(lost);
      expect(ownRead).toBeLessThanOrEqual(lost + kills);
      expect(bill.count('replyWithLink') + bill.count('replyUnasked')).toBe(0);
      expect(bill.count('reply')).toBe(MENTIONS);
      for (const kind of faultKinds) expect(counts.get(kind), kind).toBeGreaterThan(0);
      expect(supervisor.orphans).toEqual([]);
      expect(account.address).toBe('pentimento@x.com');
    } finally {
      await supervisor.stop();
      x.close();
      const leaks = [...supervisor.leaks, ...secretsUnder(root)];
      await rm(root, { recursive: true, force: true });
      expectNone(leaks);
    }
  },
  LIMIT_MS,
);
