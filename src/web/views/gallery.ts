import { html } from 'hono/html';
import type { Hung } from '../../queue/gallery.js';
import type { Mention } from '../../platforms/port.js';
import { asHashtags } from '../../requests/parameters.js';
import type { RenderRequest } from '../../requests/request.js';
import type { Html } from './layout.js';
import { titleOf } from './painting.js';

export interface GalleryOptions {
  readonly pictures: readonly Hung[];
  /** Where the next older ones are, if there are any. */
  readonly older: string | undefined;
  readonly isFirst: boolean;
  readonly altTextOf: (request: RenderRequest, to: Pick<Mention, 'language'>) => string;
}

/** What was asked for in public, newest first. */
export function galleryView({ pictures, older, isFirst, altTextOf }: GalleryOptions): Html {
  return html`<section class="gallery" aria-labelledby="title">
    <h1 id="title">The gallery</h1>
    <p class="lead">
      What people asked for in public. Whoever writes <code>#nogallery</code> to the bot has all of
      theirs taken down.
    </p>
    ${
      pictures.length === 0
        ? html`<p class="empty">
            ${
              isFirst
                ? 'The walls are still bare. The next picture that somebody lets everybody see hangs here.'
                : 'There is nothing older.'
            }
          </p>`
        : html`<ul class="walls">
            ${pictures.map(({ id, request, mention, painted, createdAt }, index) => {
              const said = asHashtags(request.settings);
              return html`<li>
                <figure>
                  <a href="/gallery/${id}"
                    ><img
                      src="/gallery/${id}"
                      alt="${altTextOf(request, mention)}"
                      width="${painted.width}"
                      height="${painted.height}"
                      loading="${index < 2 ? 'eager' : 'lazy'}"
                  /></a>
                  <figcaption>
                    <strong>${titleOf(request)}</strong>
                    ${said === '' ? '' : html`<code>${said}</code>`}
                    <time datetime="${new Date(createdAt).toISOString()}">${dayOf(createdAt)}</time>
                  </figcaption>
                </figure>
              </li>`;
            })}
          </ul>`
    }
    <nav class="paging" aria-label="Pages of the gallery">
      ${isFirst ? '' : html`<a class="button" href="/gallery">Newest</a>`}
      ${older === undefined ? '' : html`<a class="button" rel="next" href="${older}">Older</a>`}
    </nav>
  </section>`;
}

function dayOf(time: number): string {
  return new Date(time).toLocaleDateString('en', { dateStyle: 'long', timeZone: 'UTC' });
}
