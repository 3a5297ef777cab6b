import { readFile } from 'node:fs/promises';

/*
 * Pictures that a worker has painted, or made of what people sent: small, and always JPEG, whatever came in.
 */

/**
 * Answers with a picture of ours; undefined if the file is gone. Even somebody who opens it by itself gets a picture and nothing
 * that could run.
 * @param cache how long a browser may keep it
 */
export async function pictureResponse(
  file: string,
  cache: 'no-store' | 'private, max-age=3600' | 'public, max-age=3600',
  filename?: string,
): Promise<Response | undefined> {
  const data = await readFile(file).catch(() => undefined);
  if (data === undefined) return undefined;
  return new Response(new Uint8Array(data), {
    headers: {
      'Content-Type': 'image/jpeg',
      'Cache-Control': cache,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      ...(filename && { 'Content-Disposition': `attachment; filename="${filename}"` }),
    },
  });
}
