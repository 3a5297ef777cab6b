/** Somebody at a browser without a script, who has seen the form and sends it. */
export async function visitorAt(url: string) {
  const page = await fetch(url);
  const Cookie = page.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await page.text()) ?? [];
  const headers = { Cookie };
  const send = async (fields: Readonly<Record<string, string | Blob>>): Promise<Response> => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ csrf, ...fields })) body.append(name, value);
    return fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
  };
  return {
    send,
    /** Asks for a picture; gives its id. */
    ask: async (fields: Readonly<Record<string, string>>): Promise<string> =>
      ((await send(fields)).headers.get('Location') ?? '').replace('/paintings/', ''),
    see: (path: string) => fetch(new URL(path, url), { headers }),
  };
}
