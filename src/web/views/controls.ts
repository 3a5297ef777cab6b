import { html } from 'hono/html';
import type { Control } from '../form.js';
import type { Html } from './layout.js';

/** A field for a setting, made of its row in the table of parameters. */
export function controlField(control: Control, said: unknown): Html {
  const { name, help, kind } = control;
  const id = `setting-${name}`;
  const label = name.charAt(0).toUpperCase() + name.slice(1);
  const hint = html`<p class="hint" id="${id}-hint">${help}</p>`;
  switch (kind) {
    case 'number': {
      const { min, max, unit } = control;
      // What a form sent is shown as it was sent, also if it was wrong.
      const isSaid = typeof said === 'number' || (typeof said === 'string' && said !== '');
      const value = isSaid ? said : control.default;
      if (unit !== '%')
        return html`<div class="control">
          <label for="${id}">${label}${unit === '' ? '' : html` <small>in ${unit}</small>`}</label>
          <input
            type="number"
            id="${id}"
            name="${name}"
            min="${min}"
            max="${max}"
            value="${value}"
            inputmode="numeric"
            aria-describedby="${id}-hint"
          />
          ${hint}
        </div>`;
      return html`<div class="control">
        <label for="${id}">${label} <output for="${id}">${value} %</output></label>
        <input
          type="range"
          id="${id}"
          name="${name}"
          min="${min}"
          max="${max}"
          step="5"
          value="${value}"
          aria-describedby="${id}-hint"
        />
        ${hint}
      </div>`;
    }
    case 'choice': {
      const isSaid = typeof said === 'string' && control.choices.includes(said);
      const value = isSaid ? said : control.default;
      return html`<fieldset class="control" aria-describedby="${id}-hint">
        <legend>${label}</legend>
        <div class="segments">
          ${control.choices.map(
            (choice) =>
              html`<label
                ><input
                  type="radio"
                  name="${name}"
                  value="${choice}"
                  ${choice === value ? html`checked` : ''}
                /><span>${choice}</span></label
              >`,
          )}
        </div>
        ${hint}
      </fieldset>`;
    }
    case 'action':
      return html``;
  }
}
