import type { MiddlewareHandler } from 'hono';

/**
 * What the page may do: run its own scripts and styles, show its own pictures and those a person has just chosen
 * (blob:), and speak with the server that it came from. Nothing inline, nothing from elsewhere.
 */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const host = c.req.header('Host') ?? '';
  // To some browsers 'self' does not include the WebSocket of the same address.
  const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  c.header(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob:",
      `connect-src 'self'${sockets}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  );
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('Cross-Origin-Opener-Policy', 'same-origin');
  c.header('Cross-Origin-Resource-Policy', 'same-origin');
};
