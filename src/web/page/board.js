// @ts-check
/* global document, fetch, location, DOMParser, setInterval */

/** Keeps the figures up to date, while somebody looks. */
async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href).catch(() => undefined);
  if (response?.ok !== true) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.getElementById('board');
  if (fresh !== null && fresh.textContent !== document.getElementById('board')?.textContent)
    document.getElementById('board')?.replaceWith(fresh);
}

setInterval(() => void refresh(), 5000);
