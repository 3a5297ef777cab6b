// @ts-check
/* global fetch */
import { Api, sentenceOf } from './api.js';
import { Composer } from './composer.js';
import { byId } from './dom.js';
import { followRequests, Stream } from './live.js';
import { Wall } from './wall.js';

/** @import { Sample } from './picker.js' */
/** @import { Control } from './settings.js' */

/** Puts the page together: the form at the easel, the wall, and the news that come in. */
async function start() {
  const response = await fetch('/page.json');
  /** @type {{ bot: string, samples: Sample[], controls: Control[], photoIsEnough: string[] }} */
  const { bot, samples, controls, photoIsEnough } = await response.json();
  const api = new Api();
  const wall = new Wall(api, { bot, onNeedName: () => composer.askForName() });
  const stream = new Stream(api, {
    onOpen: () => void catchUp(wall),
    onEvent: (event) => wall.hear(event),
    onLost: () => notice('The connection is lost. Trying again…'),
  });
  const composer = new Composer(byId('composer'), {
    api,
    bot,
    samples,
    controls,
    photoIsEnough,
    onPosted: (status) => wall.add(status),
    onSignedIn: () => {
      wall.rebuild();
      stream.start();
    },
  });
  await catchUp(wall);
  reveal();
  followRequests({
    onSnapshot: (all) => wall.setRequests(all),
    onStatus: (request) => wall.setRequest(request),
  });
  if (api.isSignedIn) stream.start();
}

/** @param {Wall} wall */
async function catchUp(wall) {
  try {
    await wall.load();
    notice('');
  } catch (error) {
    notice(sentenceOf(error));
  }
}

/** @param {string} sentence */
function notice(sentence) {
  byId('connection').textContent = sentence;
}

function reveal() {
  byId('room').setAttribute('aria-busy', 'false');
}

start().catch((/** @type {unknown} */ error) => {
  notice(sentenceOf(error));
  reveal();
});
