/**
 * Answers with a picture that a worker has painted, or made of what people sent: small, and always JPEG, whatever came in. Even
 * somebody who opens it by itself gets a picture and nothing that could run.
 * @param cache how long a browser may keep it
 */
export function pictureResponse(
  picture: Buffer,
  cache: 'no-store' | 'private, max-age=3600' | 'public, max-age=3600',
  filename?: string,
): Response {
  return new Response(new Uint8Array(picture), {
    headers: {
      'Content-Type': 'image/jpeg',
      'Cache-Control': cache,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      ...(filename && { 'Content-Disposition': `attachment; filename="${filename}"` }),
    },
  });
}
