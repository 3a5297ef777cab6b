import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openStage } from '../support/stage.js';
import { settle } from './acts.js';
import { Crowd, isRight } from './crowd.js';
import { Dice } from './dice.js';
import { Scissors } from './scissors.js';
import { HALF_AN_HOUR, SEED } from './trial.js';
import { answersTo } from './verdict.js';

const MENTIONS = 500;
/** Each so many-th asks for a picture; the others are told in words how to. */
const PICTURE_EVERY = 20;
/** So many wait for their answers, so that people ask all the while that connections are cut. */
const WAITING = 60;

const settings = `
render: { size: 64 }
queue: { leaseSeconds: 2, maxWaitingPerPerson: 100 }
`;

it(
  'answers 500 mentions once each although every connection is cut, again and again',
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
      for (const count of Object.values(scissors.cuts)) expect(count).toBeGreaterThan(20);
    } finally {
      await stage.close();
      scissors.close();
    }
  },
  HALF_AN_HOUR,
);
