import { pino, type Logger } from 'pino';

export type Log = Logger;

/**
 * One JSON line per event on standard error, so that standard output stays free for results. Whatever a field named
 * like a secret holds is blotted out before it is written, at any depth that our own objects reach.
 */
export function createLog(level: string): Log {
  const secrets = [
    'token',
    'accessToken',
    'access_token',
    'authorization',
    'Authorization',
    'cookie',
  ];
  return pino(
    {
      name: 'pentimento',
      level,
      redact: {
        paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]),
        censor: '[secret]',
      },
    },
    pino.destination(2),
  );
}
