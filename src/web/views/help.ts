import { html } from 'hono/html';
import type { HousePainting } from '../../collection.js';
import { actionNames, actions } from '../../requests/actions.js';
import {
  parameterHere,
  parameterNames,
  type Parameter,
  type Sizes,
} from '../../requests/parameters.js';
import type { Html } from './layout.js';

export interface HelpOptions {
  /** As people write them, without the @. */
  readonly accounts: readonly string[];
  readonly collection: readonly HousePainting[];
  readonly sizes: Sizes;
  readonly hasSandbox: boolean;
}

/** How one speaks to the bot. */
export function helpView({ accounts, collection, sizes, hasSandbox }: HelpOptions): Html {
  const [account = 'pentimento'] = accounts;
  return html`<article class="prose" aria-labelledby="title">
    <h1 id="title">How to ask the bot</h1>
    <p>
      Beside this page there is a bot,
      ${accounts.length > 1 ? 'and it has several accounts' : 'with an account'}:
      ${accounts.map((name, i) => html`${i === 0 ? '' : ', '}<code>@${name}</code>`)}.
      ${hasSandbox ? html`You can speak with it in the <a href="/sandbox">sandbox</a>.` : ''}
    </p>
    <ol class="ways">
      <li>
        <strong>Two pictures.</strong> Write a post with a photo and a painting, in this order, and
        mention the bot.
        <blockquote>@${account} please! #strength70</blockquote>
      </li>
      <li>
        <strong>Or one, with a painting of ours.</strong> Name it after <code>#style</code>; without
        a name the bot chooses.
        <blockquote>@${account} #style ${collection[0]?.name ?? ''}</blockquote>
      </li>
      <li>
        <strong>Or one, and a dream.</strong>
        <blockquote>@${account} #dream</blockquote>
      </li>
      <li>
        <strong>Then go on.</strong> Reply to the bot’s picture with other hashtags, or only with a
        word: “more”, “less”, “again”.
      </li>
    </ol>
    <p>
      The answer is no more public than your post. Write alt text with your pictures: the bot makes
      its own of it. Delete your post, or reply <code>#delete</code>, and everything is gone. What
      you ask for in public may hang in the <a href="/gallery">gallery</a>, unless you write
      <code>#nogallery</code> once.
    </p>
    <h2 id="tune">What can be tuned</h2>
    <div class="scroll" role="region" aria-labelledby="tune" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">hashtag</th>
            <th scope="col">values</th>
            <th scope="col">what it does</th>
          </tr>
        </thead>
        <tbody>
          ${parameterNames.map((name) => {
            const parameter = parameterHere(name, sizes);
            return html`<tr>
              <th scope="row"><code>#${name}</code></th>
              <td>${valuesOf(parameter)}</td>
              <td>${parameter.help}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
    <h2 id="ask">What else one can ask for</h2>
    <dl class="words">
      ${actionNames.map(
        (name) =>
          html`<div>
            <dt><code>#${name}</code></dt>
            <dd>${actions[name].help}</dd>
          </div>`,
      )}
      <div>
        <dt><code>#nogallery</code></dt>
        <dd>
          no picture of yours hangs in the gallery, nor what others have made of one;
          <code>#gallery</code> takes it back
        </dd>
      </div>
    </dl>
    <h2 id="paintings">Our paintings</h2>
    <ul class="paintings">
      ${collection.map(
        ({ name, title, alt }) =>
          html`<li class="painting">
            <img
              src="/styles/${name}/thumbnail"
              alt="${alt}"
              width="240"
              height="180"
              loading="lazy"
            /><span>${title}<br /><code>#style ${name}</code></span>
          </li>`,
      )}
    </ul>
  </article>`;
}

function valuesOf(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'number': {
      const { min, max, unit, words } = parameter;
      const range = `${min} to ${max}${unit === '' ? '' : ` ${unit}`}`;
      return [range, ...Object.keys(words)].join(', ');
    }
    case 'choice':
      return Object.keys(parameter.choices).join(', ');
    case 'weights':
      return 'a number for each painting';
  }
}
