import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { rounds } from '../support/rounds.js';
import { openStage } from '../support/stage.js';
import { settle } from './acts.js';
import { Crowd, isRight } from './crowd.js';
import { Dice } from './dice.js';
import { Scissors } from './scissors.js';
import { LIMIT_MS, SEED } from './trial.js';
import { answersTo } from './verdict.js';

const MENTIONS = rounds(120, 500);
/** Every twentieth mention asks for a picture. The others are told in words how to ask. */
const PICTURE_EVERY = 20;
/** How many mentions wait for their answers while connections are cut. */
const WAITING = rounds(20, 60);

const settings = `
render: { size: 64 }
queue: { leaseSeconds: 2, maxWaitingPerPerson: 100 }
`;

it(
  'answers every mention once although every connection is cut, again and again',
  async () => {
    const scissors = new Scissors(new Dice(SEED, 'scissors'));
    const stage = await openStage({ name: 'cuts', settings, front: (url) => scissors.open(url) });
    const { folder, mediaFolder, supervisor } = stage;
    try {
      const crowd = await Crowd.at(stage.url, { mediaFolder, seed: SEED });
      supervisor.start();
      const countPosts = async () => {
        const bot = await crowd.asked[0]?.by.v1.accounts.lookup({ acct: 'pentimento' });
        return bot?.statusesCount ?? 0;
      };
      while (crowd.asked.length < MENTIONS)
        if (crowd.asked.length - (await countPosts()) >= WAITING) await sleep(50);
        else await crowd.ask(crowd.asked.length % PICTURE_EVERY === 0 ? 'pair' : 'nothing');
      scissors.isClosed = true; // or the unluckiest answer would wait longer and longer, and never be done
      await settle({ crowd, folder });
      expect(await supervisor.stop()).toBe(0);

      // The server is asked, not the bot.
      for (const asked of crowd.asked) {
        const [answer, ...more] = await answersTo(asked);
        expect(answer && isRight(asked.kind, answer), asked.id).toBe(true);
        expect(more, asked.id).toEqual([]);
      }
      expect(await countPosts()).toBe(MENTIONS);
      for (const count of Object.values(scissors.cuts))
        expect(count).toBeGreaterThan(MENTIONS / 25);
    } finally {
      await stage.close();
      scissors.close();
    }
  },
  LIMIT_MS,
);
