import { html } from 'hono/html';
import type { Render } from '../renders/renders.js';
import type { Html } from './layout.js';

const words: Readonly<Record<Render['state'], string>> = {
  queued: 'in the line',
  painting: 'being painted',
  painted: 'painted',
  failed: 'did not work out',
  cancelled: 'cancelled',
};

/** Small pictures of requests, each leading to its page. */
export function shelf(title: string, renders: readonly Render[]): Html {
  return html`<section class="shelf" aria-labelledby="shelf-title">
    <h2 id="shelf-title">${title}</h2>
    <ul>
      ${renders.map(
        (render) =>
          html`<li>
            <a href="/paintings/${render.id}"
              >${
                render.state === 'painted' && !render.sensitive
                  ? html`<img
                      src="/paintings/${render.id}/picture"
                      alt="${render.alt}"
                      width="160"
                      height="120"
                      loading="lazy"
                    />`
                  : html`<span class="bare" aria-hidden="true"></span>`
              }<span>${words[render.state]}</span></a
            >
          </li>`,
      )}
    </ul>
  </section>`;
}
