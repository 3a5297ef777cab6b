/*
 * A process that shares a queue with others: when it is told to, it admits mentions and renders until nothing is
 * left, and then tells what it admitted and rendered. Arguments: the database's place and the number of mentions.
 */
import { Queue } from '../../src/queue/queue.js';
import { openAt, options } from './queue.js';
import { mentionOf, painted, request } from './fixtures.js';

const [place = '', count] = process.argv.slice(2);
const queue = new Queue(openAt(place), { ...options, leaseMs: 600_000 });

process.once('message', () => void work());

async function work(): Promise<void> {
  const admitted: string[] = [];
  const rendered: string[] = [];
  for (let i = 0; i < Number(count); i++) {
    const mention = mentionOf(String(i), `person ${i % 5}`);
    if (await queue.admit('here', mention, { request, cost: 1 })) admitted.push(mention.id);
    if (i % 3 === 0) await render();
  }
  while (await render());
  process.send?.({ admitted, rendered });
  process.disconnect();
  await queue.close();

  async function render(): Promise<boolean> {
    const claim = await queue.claimRender();
    if (claim === undefined) return false;
    if (await queue.rendered(claim, painted)) rendered.push(claim.mention.id);
    return true;
  }
}
process.send?.('ready');
