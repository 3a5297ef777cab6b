// @ts-check
/* global localStorage */

/**
 * What this browser was told to remember; empty if nothing.
 * @param {'name' | 'token'} key
 */
export function remembered(key) {
  try {
    return localStorage.getItem(`pentimento.${key}`) ?? '';
  } catch {
    return '';
  }
}

/**
 * @param {'name' | 'token'} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(`pentimento.${key}`, value);
  } catch {
    // A browser that may not remember asks for the name again next time; nothing else is lost.
  }
}
