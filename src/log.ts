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
      serializers: { error: describe },
      redact: {
        paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]),
        censor: '[secret]',
      },
    },
    pino.destination(2),
  );
}

/** What went wrong and why, without the requests and responses that libraries hang on their errors. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const kind = 'kind' in error ? { kind: error.kind } : {};
  return { name, ...kind, message, stack, ...(cause !== undefined && { cause: describe(cause) }) };
}
