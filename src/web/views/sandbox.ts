import { html } from 'hono/html';
import type { Html } from './layout.js';

/** The timeline of the sandbox; its script fills it. */
export function sandboxView(): Html {
  return html`
    <div class="room" id="room" aria-busy="true">
      <section id="easel" class="easel-post" aria-labelledby="easel-title">
        <h1 id="easel-title">Write to the bot</h1>
        <form id="composer" class="composer" novalidate aria-labelledby="easel-title"></form>
      </section>
      <section id="wall" class="wall" aria-labelledby="wall-title" tabindex="-1">
        <div class="wall-head">
          <h2 id="wall-title">On the wall</h2>
          <a id="everything" href="/sandbox" hidden>See everything</a>
        </div>
        <p id="connection" class="notice" role="status"></p>
        <div id="threads" class="threads"></div>
        <p id="empty" class="empty" hidden>
          The wall is still bare. Choose a photo and a painting, and the first picture will hang
          here.
        </p>
        <button id="older" class="quiet" type="button" hidden>Show older</button>
      </section>
    </div>
    <noscript>
      <p class="notice">The sandbox needs JavaScript. <a href="/">Paint</a> works without it.</p>
    </noscript>
  `;
}
