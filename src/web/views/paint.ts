import { html } from 'hono/html';
import type { HousePainting, Sample } from '../../collection.js';
import type { Chosen } from '../chosen.js';
import type { Control } from '../form.js';
import type { Render } from '../renders/renders.js';
import { controlField } from './controls.js';
import type { Html } from './layout.js';
import { shelf } from './shelf.js';

export interface EaselOptions {
  readonly effect: 'painting' | 'dream';
  readonly csrf: string;
  readonly samples: readonly Sample[];
  readonly collection: readonly HousePainting[];
  readonly controls: readonly Control[];
  readonly chosen: Chosen;
  /** One's own picture whose photo is used again unless another one is chosen. */
  readonly again?: Render | undefined;
  /** What was wrong with what was sent: one sentence. */
  readonly problem?: string | undefined;
  /** The newest of one's own. */
  readonly own: readonly Render[];
}

/** File formats that the worker reads. */
const ACCEPT = 'image/jpeg,image/png,image/webp,image/avif,image/gif,image/tiff';

/** What is seen first: a few words, and a form. */
export function easel(options: EaselOptions): Html {
  const { effect, again, problem, own } = options;
  const isDream = effect === 'dream';
  return html`
    ${again ? onceMore(isDream) : isDream ? dreamIntro() : paintIntro()}
    <form
      class="easel"
      id="easel"
      method="post"
      action="${isDream ? '/dream' : '/'}"
      enctype="multipart/form-data"
      aria-label="${isDream ? 'Ask for a dream' : 'Ask for a picture'}"
    >
      <input type="hidden" name="csrf" value="${options.csrf}" />
      ${again ? html`<input type="hidden" name="again" value="${again.id}" />` : ''}
      <p class="problem" id="problem" role="alert">${problem ?? ''}</p>
      <div class="steps ${isDream ? 'single' : ''}">
        ${photoStep(options)} ${isDream ? '' : styleStep(options)}
      </div>
      ${tuning(options)}
      <div class="finish">
        <button class="primary" type="submit">${isDream ? 'Dream it' : 'Paint it'}</button>
        <label class="check"
          ><input
            type="checkbox"
            name="visibility"
            value="public"
            ${checked(options.chosen.visibility === 'public')}
          />
          Hang it in the gallery, for everybody to see</label
        >
      </div>
    </form>
    ${own.length === 0 ? '' : shelf('Yours so far', own)}
  `;
}

function paintIntro(): Html {
  return html`<section class="hero" aria-labelledby="title">
    <div class="hero-words">
      <h1 id="title">Your photo, in the hand of a painter</h1>
      <p>
        Choose a photo and a painting. A neural network repaints the one in the manner of the other,
        stroke by stroke, and you can watch it do so.
      </p>
      <p><a class="button" href="#easel">Begin</a></p>
    </div>
    <img
      src="/assets/hero.avif"
      srcset="/assets/hero-small.avif 560w, /assets/hero.avif 960w"
      sizes="(width >= 60rem) 40rem, 92vw"
      width="960"
      height="454"
      alt="An old brown photograph of snowy mountains and firs, which toward the right becomes a painting of many small colored strokes."
    />
  </section>`;
}

function dreamIntro(): Html {
  return html`<section class="intro" aria-labelledby="title">
    <h1 id="title">Deep Dream</h1>
    <p>
      Whatever a network believes to see in a photo is drawn out, until everybody sees it: eyes in
      the clouds, towers in the trees. It takes a photo, and no painting.
    </p>
  </section>`;
}

function onceMore(isDream: boolean): Html {
  return html`<section class="intro" aria-labelledby="title">
    <h1 id="title">Once more, otherwise</h1>
    <p>
      The same photo${isDream ? '' : ' and painting'} again, unless you choose others. Change what
      you like; what you have already stays.
    </p>
  </section>`;
}

function checked(isChosen: boolean): Html | string {
  return isChosen ? html`checked` : '';
}

function photoStep({ samples, again, effect, chosen }: EaselOptions): Html {
  return html`<fieldset class="step">
    <legend>
      <span class="number" aria-hidden="true">1</span>
      ${effect === 'dream' ? 'A photo' : 'Your photo'}
    </legend>
    ${dropZone('photo', again ? `/paintings/${again.id}/photo` : undefined, 'Choose a photo')}
    <p class="or" id="photo-samples">
      ${again ? 'Or another one of ours:' : 'Or try one of ours:'}
    </p>
    <div class="thumbs" role="group" aria-labelledby="photo-samples">
      ${samples.map(
        ({ title, alt }, index) =>
          html`<label class="thumb" title="${title}"
            ><input
              type="radio"
              name="sample"
              value="${index}"
              ${checked(String(index) === chosen.sample)} /><img
              src="/samples/${index}/thumbnail"
              alt="${title}: ${alt}"
              width="120"
              height="90"
          /></label>`,
      )}
    </div>
    <label class="describe"
      >What is to be seen in it? <small>For those who do not see it; you may leave it empty.</small>
      <input
        type="text"
        name="description"
        maxlength="500"
        autocomplete="off"
        value="${chosen.description ?? ''}"
      />
    </label>
  </fieldset>`;
}

function styleStep({ collection, again, chosen }: EaselOptions): Html {
  return html`<fieldset class="step">
    <legend><span class="number" aria-hidden="true">2</span> A painting</legend>
    <p class="or" id="house">From our collection:</p>
    <div class="paintings" role="radiogroup" aria-labelledby="house">
      ${collection.map(
        ({ name, title, alt }) =>
          html`<label class="painting"
            ><input
              type="radio"
              name="style"
              value="${name}"
              ${checked(name === chosen.style)}
            /><img src="/styles/${name}/thumbnail" alt="${alt}" width="240" height="180" /><span
              >${title}</span
            ></label
          >`,
      )}
    </div>
    ${dropZone('style', undefined, again ? 'Or another painting' : 'Or a painting of your own')}
  </fieldset>`;
}

/** A file field, large enough to drop something on it. */
function dropZone(name: 'photo' | 'style', shown: string | undefined, words: string): Html {
  return html`<div class="drop" data-drop>
    <label for="${name}"><strong>${words}</strong> <span>or drop it here</span></label>
    <input
      type="file"
      id="${name}"
      name="${name}"
      accept="${ACCEPT}"
      aria-describedby="${name}-problem"
    />
    <img
      class="chosen"
      src="${shown ?? '/assets/nothing.svg'}"
      alt=""
      ${shown ? '' : html`hidden`}
    />
    <p class="problem" id="${name}-problem" role="alert"></p>
  </div>`;
}

function tuning({ controls, chosen, effect }: EaselOptions): Html {
  const isFirst = ({ name }: Control) => name === 'strength';
  const field = (control: Control) => controlField(control, chosen.settings[control.name]);
  const tunable = effect === 'dream' ? controls.flatMap(inDream) : controls;
  return html`<fieldset class="tuning">
    <legend>
      <span class="number" aria-hidden="true">${effect === 'dream' ? 2 : 3}</span> As you like it
    </legend>
    ${tunable.filter(isFirst).map(field)}
    <details>
      <summary>${effect === 'dream' ? 'Size' : 'Brush, size'}, colors and more</summary>
      <div class="controls">
        ${tunable.filter((control) => !isFirst(control)).map(field)}
        ${effect === 'dream' ? '' : sheetControl(chosen)}
      </div>
    </details>
  </fieldset>`;
}

/** What the settings do where there is neither painting nor brush. */
const dreamHelp: Readonly<Record<string, string>> = {
  strength: 'how deep the dream is, from 0 (the photo) to 100',
  scale: 'how large the things are that are dreamed, such as 50 (small) or 200 (large)',
  colors: 'keep the photo’s colors, or dream in others',
  seed: 'another number gives another dream; the same one gives the same picture again',
};

/** The control in a dream, in which faces count as everything else does. */
function inDream(control: Control): readonly Control[] {
  if (control.name === 'faces') return [];
  return [{ ...control, help: dreamHelp[control.name] ?? control.help }];
}

function sheetControl({ effect }: Chosen): Html {
  const isSheet = effect === 'variations';
  return html`<fieldset class="control" aria-describedby="sheet-hint">
    <legend>Result</legend>
    <div class="segments">
      <label
        ><input type="radio" name="effect" value="painting" ${checked(!isSheet)} /><span
          >one picture</span
        ></label
      >
      <label
        ><input type="radio" name="effect" value="variations" ${checked(isSheet)} /><span
          >a sheet</span
        ></label
      >
    </div>
    <p class="hint" id="sheet-hint">
      a sheet shows several strengths and brush sizes, to choose from
    </p>
  </fieldset>`;
}
