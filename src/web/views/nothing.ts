import { html } from 'hono/html';
import type { Html } from './layout.js';

/** What stands at an address at which there is nothing. */
export function nothingView(): Html {
  return html`<section class="render" aria-labelledby="title">
    <h1 id="title">There is nothing here</h1>
    <p>The address may be mistyped, or what was here is gone.</p>
    <div class="actions"><a class="button" href="/">Have a picture painted</a></div>
  </section>`;
}
