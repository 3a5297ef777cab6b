import { html } from 'hono/html';
import { isPaused, tallies } from '../../queue/desk.js';
import { pacesOf, waitFor } from '../../queue/forecast.js';
import { duration } from '../../replies/sentences.js';
import type { Sql } from '../../queue/sql.js';
import type { Html } from './layout.js';

/** How busy the bot is, without a word about whom it works for. */
export async function statusView(sql: Sql, usualCost: number): Promise<Html> {
  const { queued, rendering, answered } = await tallies(sql);
  const [pace] = await pacesOf(sql);
  const isResting = await isPaused(sql);
  const facts: readonly (readonly [string, string, string])[] = [
    [
      isResting ? 'paused' : rendering > 0 ? 'painting' : 'idle',
      'The painter',
      isResting
        ? 'The operator has paused it; what you ask for waits.'
        : rendering > 0
          ? `${rendering} ${rendering === 1 ? 'picture is' : 'pictures are'} on the easel.`
          : 'Nothing is on the easel.',
    ],
    [String(queued), 'In the line', 'Whoever asks for little goes before whoever asks for much.'],
    [
      duration(await waitFor(sql, usualCost)),
      'For yours',
      'So long a picture of the usual size takes if you ask now, as far as one can tell.',
    ],
    [
      pace?.device ?? 'not known yet',
      'Painted on',
      pace === undefined
        ? 'The first picture will tell.'
        : `${(pace.costPerSecond / 1e6).toFixed(2)} million pixel steps in a second.`,
    ],
    [String(answered), 'Answered', 'Since the bot began.'],
  ];
  return html`<section class="board" aria-labelledby="title">
    <h1 id="title">How busy it is</h1>
    <dl id="board">
      ${facts.map(
        ([value, name, words]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>
              <strong>${value}</strong>
              <span>${words}</span>
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
