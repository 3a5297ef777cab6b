// @ts-check
import { newKey, sentenceOf } from './api.js';
import { el, problemLine, whileBusy } from './dom.js';

/** @import { Status } from './api.js' */
/** @import { Wall } from './thread.js' */

/**
 * The field under a painted picture, for asking for the same again but different.
 * @param {Wall} wall
 * @param {Status} answer
 */
export function replyForm({ api, bot, onNeedName, onReplied }, answer) {
  const problem = problemLine();
  const input = el('input', {
    type: 'text',
    id: `reply-${answer.id}`,
    maxLength: 450,
    placeholder: '#strength90',
    autocomplete: 'off',
    'aria-describedby': `reply-${answer.id}-hint`,
  });
  const button = el('button', { type: 'submit' }, 'Reply');
  let key = newKey();
  const send = async () => {
    problem.say('');
    if (!api.isSignedIn) return onNeedName();
    if (input.value.trim() === '') {
      problem.say('Write what should be different, for example #strength90, or #help.');
      return input.focus();
    }
    try {
      const status = await api.post(
        {
          status: `@${bot} ${input.value.trim()}`,
          in_reply_to_id: answer.id,
          visibility: answer.visibility,
        },
        key,
      );
      key = newKey();
      input.value = '';
      onReplied(status);
    } catch (error) {
      problem.say(sentenceOf(error));
    }
  };
  return el(
    'form',
    {
      className: 'reply',
      noValidate: true,
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void whileBusy(button, send);
      },
    },
    el('label', { htmlFor: input.id }, `Reply to @${bot}`),
    input,
    button,
    el(
      'p',
      { className: 'hint', id: `reply-${answer.id}-hint` },
      'Another hashtag paints the same pictures once more: #scale200, #keepcolors, #swap …',
    ),
    problem,
  );
}

/**
 * Deletes a status of one's own, at the second press: there is no way back.
 * @param {Wall} wall
 * @param {string} id
 */
export function deleteButton({ api, onRemoved }, id) {
  const button = el('button', { type: 'button', className: 'delete' }, 'Delete');
  let asked = false;
  button.addEventListener('blur', () => {
    asked = false;
    button.textContent = 'Delete';
  });
  button.addEventListener('click', async () => {
    if (!asked) {
      asked = true;
      button.textContent = 'Delete for good?';
      return;
    }
    try {
      await api.remove(id);
      onRemoved(id);
    } catch (error) {
      button.textContent = sentenceOf(error);
    }
  });
  return button;
}
