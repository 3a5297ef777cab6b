import { html } from 'hono/html';
import { duration } from '../../replies/sentences.js';
import { asHashtags } from '../../requests/parameters.js';
import { stylesOf, type RenderRequest } from '../../requests/request.js';
import type { Render } from '../renders/renders.js';
import type { Html } from './layout.js';

/** The page of one's own request: how it comes along, and what came of it. */
export function paintingView(render: Render, csrf: string): Html {
  return html`<section
    class="render"
    id="render"
    data-id="${render.id}"
    data-state="${render.state}"
    aria-labelledby="title"
  >
    ${bodyOf(render, csrf)}
  </section>`;
}

/** What stands where a picture was, or where there never was one. */
export function missingView(): Html {
  return html`<section class="render" aria-labelledby="title">
    <h1 id="title">There is no such picture</h1>
    <p>
      It has been deleted, or its time was over. Or it is somebody else’s: pictures are shown only
      in the browser in which they were asked for.
    </p>
    <div class="actions"><a class="button" href="/">Have one painted</a></div>
  </section>`;
}

/** What a request is called. */
export function titleOf({ effect, ...request }: RenderRequest): string {
  if (effect === 'dream') return 'A dream';
  const { styles } = request as { styles: ReturnType<typeof stylesOf> };
  const names = styles.flatMap((style) => (style.kind === 'house' ? [style.title] : []));
  const sheet = effect === 'variations' ? 'A sheet of variations' : 'A painting';
  return names.length === 0 ? sheet : `${sheet} after “${names.join('” and “')}”`;
}

function bodyOf(render: Render, csrf: string): Html {
  const url = `/paintings/${render.id}`;
  const title = titleOf(render.request);
  switch (render.state) {
    case 'queued': {
      const { ahead, seconds } = render;
      return html`
        <h1 id="title">${title}</h1>
        <div class="stage"><div class="blank" aria-hidden="true"></div></div>
        <p class="progress-words" id="words">
          ${ahead === 0 ? 'Yours is next' : `${ahead} ${ahead === 1 ? 'picture' : 'pictures'} before yours`};
          painted in about ${duration(seconds)}.
        </p>
        ${meter(0)}
        <div class="actions">${action(`${url}/cancel`, csrf, 'Take it out of the line')}</div>
        ${patience()}
      `;
    }
    case 'painting': {
      const { progress, sketches } = render;
      return html`
        <h1 id="title">${title}</h1>
        <div class="stage">
          ${
            sketches > 0
              ? html`<div class="layers">
                  <img class="under" src="${url}/photo" alt="Your photo, under the paint" />
                  <img
                    class="over"
                    id="sketch"
                    src="${url}/sketch?${sketches}"
                    alt="The picture so far"
                  />
                </div>`
              : html`<div class="blank" aria-hidden="true"></div>`
          }
        </div>
        <p class="progress-words" id="words">Painting: ${Math.floor(progress * 100)} %</p>
        ${meter(progress)}
        <div class="actions">${action(`${url}/cancel`, csrf, 'Stop')}</div>
        ${patience()}
      `;
    }
    case 'painted':
      return painted(render, url, title, csrf);
    case 'failed':
      return html`
        <h1 id="title">This did not work out</h1>
        <p class="notice">${render.problem}</p>
        <div class="actions">
          <a class="button" href="${url}/again">Try again</a>
          ${action(`${url}/delete`, csrf, 'Delete it')}
        </div>
      `;
    case 'cancelled':
      return html`
        <h1 id="title">Taken out of the line</h1>
        <p>Nothing was painted. It is as if you had not asked.</p>
        <div class="actions">
          <a class="button" href="${url}/again">Ask again</a>
          ${action(`${url}/delete`, csrf, 'Delete it')}
        </div>
      `;
  }
}

function painted(
  render: Extract<Render, { state: 'painted' }>,
  url: string,
  title: string,
  csrf: string,
): Html {
  const { width, height, seconds, alt, request, sensitive, visibility } = render;
  const said = asHashtags(request.settings);
  const picture = html`<img
    class="after"
    src="${url}/picture"
    alt="${alt}"
    width="${width}"
    height="${height}"
  />`;
  const compared = html`<div class="compare" data-compare>
    ${picture}
    <img
      class="before"
      src="${url}/photo"
      alt="The photo as it was"
      width="${width}"
      height="${height}"
    />
  </div>`;
  const shown = request.effect === 'variations' ? picture : compared;
  return html`
    <h1 id="title">${title}</h1>
    <div class="stage hung">
      ${
        sensitive
          ? html`<details class="veil">
              <summary>This picture may be indecent. Show it</summary>
              ${shown}
            </details>`
          : shown
      }
    </div>
    <p class="caption">
      ${width} × ${height} pixels, painted in ${Math.round(seconds)}
      seconds${
        said === '' ? '' : html`, with <code>${said}</code>`
      }${visibility === 'public' ? '; it may hang in the gallery' : ''}.
    </p>
    <details class="alt">
      <summary>Alt text</summary>
      <p>${alt}</p>
    </details>
    <div class="actions">
      <a class="button primary" href="${url}/picture?download" download="pentimento.jpg"
        >Download</a
      >
      <a class="button" href="${url}/again">Again with…</a>
      ${action(`${url}/delete`, csrf, 'Delete it')}
    </div>
  `;
}

function meter(progress: number): Html {
  return html`<progress
    id="progress"
    max="100"
    value="${Math.floor(progress * 100)}"
    aria-label="How far it is"
  ></progress>`;
}

function patience(): Html {
  return html`<p class="hint">
    You may close this page: the picture is painted all the same, and waits for you here and under
    <a href="/">Paint</a>.
  </p>`;
}

/** A button that does something, also without a script. */
function action(href: string, csrf: string, words: string): Html {
  return html`<form method="post" action="${href}">
    <input type="hidden" name="csrf" value="${csrf}" /><button type="submit">${words}</button>
  </form>`;
}
