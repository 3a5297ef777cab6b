import { AsyncLocalStorage } from 'node:async_hooks';

/*
 * Who does the bot's own work waits for a database that is away, for there is nothing better to do. Somebody who waits for an answer
 * is rather told that there is none. Which of the two it is belongs to the whole of what is done, so nothing in between has to pass it on.
 */

const hurried = new AsyncLocalStorage<boolean>();

/** Does something for somebody who waits for it; all of its waiting for a database that is away is short. */
export function inHurry<T>(act: () => T): T {
  return hurried.run(true, act);
}

/** Does what takes its time, although it was begun in a hurry. */
export function unhurried<T>(act: () => T): T {
  return hurried.run(false, act);
}

export function isInHurry(): boolean {
  return hurried.getStore() === true;
}
