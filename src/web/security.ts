import type { MiddlewareHandler } from 'hono';

/**
 * What the page may do: run its own scripts and styles, show its own pictures and those a person has just chosen
 * (blob:), and speak with the server that it came from. Nothing inline, nothing from elsewhere.
 */
export function secureHeaders(address: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const host = c.req.header('Host') ?? '';
    // To some browsers 'self' does not include the WebSocket of the same address.
    const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
    c.header(
      'Content-Security-Policy',
      c.res.headers.get('Content-Security-Policy') ??
        [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' blob:",
          `connect-src 'self'${sockets}`,
          "base-uri 'none'",
          "form-action 'self'",
          "frame-ancestors 'none'",
        ].join('; '),
    );
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'same-origin');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), interest-cohort=()');
    if (address?.startsWith('https:')) c.header('Strict-Transport-Security', 'max-age=31536000');
  };
}
