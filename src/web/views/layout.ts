import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** HTML that is safe to send; `html` escapes whatever it is made of. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export type View = 'paint' | 'dream' | 'gallery' | 'status' | 'help' | 'sandbox';

const places: Readonly<Record<View, { readonly href: string; readonly name: string }>> = {
  paint: { href: '/', name: 'Paint' },
  dream: { href: '/dream', name: 'Dream' },
  gallery: { href: '/gallery', name: 'Gallery' },
  status: { href: '/status', name: 'Status' },
  help: { href: '/help', name: 'How to' },
  sandbox: { href: '/sandbox', name: 'Sandbox' },
};

export interface LayoutOptions {
  readonly title: string;
  /** Where one is; undefined where no place of the menu is meant. */
  readonly view?: View | undefined;
  /** Whether the bot has a sandbox. */
  readonly hasSandbox: boolean;
  /** Names of style sheets and modules of the page's own, beside those of every page. */
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
  /** Without a script, looks again after so many seconds. */
  readonly refresh?: number | undefined;
  readonly main: Html;
}

/** A whole page. */
export function layout(options: LayoutOptions): Html {
  const { title, view, hasSandbox, styles = [], scripts = [], refresh, main } = options;
  const menu = (Object.keys(places) as View[]).filter((name) => name !== 'sandbox' || hasSandbox);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title === 'Pentimento' ? title : `${title} · Pentimento`}</title>
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
        ${['base', 'shell', ...styles].map(
          (name) => html`<link rel="stylesheet" href="/assets/${name}.css" />`,
        )}
        ${scripts.map((name) => html`<script type="module" src="/assets/${name}.js"></script>`)}
        ${
          refresh === undefined
            ? ''
            : html`<noscript><meta http-equiv="refresh" content="${refresh}" /></noscript>`
        }
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="masthead">
          <a class="brand" href="/">
            <img src="/assets/mark.svg" alt="" width="40" height="40" />
            <span class="wordmark">Pentimento</span>
          </a>
          <nav aria-label="Places">
            <ul>
              ${menu.map(
                (name) =>
                  html`<li>
                    <a href="${places[name].href}" ${name === view ? html`aria-current="page"` : ''}
                      >${places[name].name}</a
                    >
                  </li>`,
              )}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">${main}</main>
        <footer>
          <p>
            <i lang="it">Pentimento</i>: the trace of an earlier picture that shows through the
            paint. What you send stays on the machines that run this page.
          </p>
        </footer>
        <p id="announcer" class="visually-hidden" role="status" aria-live="polite"></p>
      </body>
    </html>`;
}
