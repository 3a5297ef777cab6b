import type { IncomingMessage } from 'node:http';

/** A request to the fake X, read in full. */
export interface Asked {
  readonly method: string;
  /** As the client sees it. */
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body,
  };
}

export function page(status: number, html: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(html) };
}

/** How X says that something is wrong (RFC 7807). */
export function problem(status: number, title: string, detail: string): Answer {
  return json(status, { title, detail, type: 'about:blank', status });
}

/** What a form or JSON holds, as text; X takes either. */
export function fieldsOf({ headers, body }: Asked): URLSearchParams {
  if (!(headers['content-type'] ?? '').includes('json'))
    return new URLSearchParams(body.toString());
  const given = JSON.parse(body.toString() || '{}') as Readonly<Record<string, unknown>>;
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) fields.set(name, String(value));
  return fields;
}

/** The bytes of one part of a form (RFC 7578). */
export function partOf({ headers, body }: Asked, name: string): Buffer | undefined {
  const [, boundary = ''] = /boundary=(.+)$/.exec(headers['content-type'] ?? '') ?? [];
  const start = body.indexOf(`name="${name}"`);
  if (boundary === '' || start < 0) return undefined;
  const from = body.indexOf('\r\n\r\n', start) + 4;
  return body.subarray(from, body.indexOf(`\r\n--${boundary}`, from));
}
