import { pino, type DestinationStream, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';

export type Log = Logger;

/**
 * One JSON line per event on standard error, so that standard output stays free for results; on a terminal, in the form
 * that people read. Whatever a field named like a secret holds is blotted out before it is written, at any depth that our
 * own objects reach.
 */
export function createLog(
  level: string,
  destination: DestinationStream = process.stderr.isTTY ? readable() : pino.destination(2),
): Log {
  const secrets = [
    'token',
    'accessToken',
    'access_token',
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'clientSecret',
    'client_secret',
    'refreshToken',
    'refresh_token',
    'appSecret',
    'accessSecret',
    'secretAccessKey',
    'password',
    'code_verifier',
  ];
  return pino(
    {
      name: 'pentimento',
      level,
      serializers: { error: (error: unknown) => describe(error) },
      redact: {
        paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]),
        censor: '[secret]',
      },
    },
    destination,
  );
}

function readable(): DestinationStream {
  return PinoPretty({ destination: 2, sync: true, ignore: 'pid,hostname,name' });
}

/** A circle of causes must end somewhere; real ones are not so deep. */
const MAX_CAUSES = 8;

/** Some libraries quote a whole answer, posts of other people included. */
const MAX_MESSAGE = 500;

/** What stands before a secret in headers and addresses, which libraries quote. */
const SECRET_IN_TEXT =
  /(bearer\s+|basic\s+(?=[\w+/=-]{12})|(?:access_token|refresh_token|client_secret|code|password)=)[^\s&"'<>]+/gi;

/** What must not be written wherever it stands: a server may repeat in an error what it was sent. */
const hidden = new Set<string>();

/** From now on no error in any log of this process tells this. */
export function hideFromLogs(secret: string): void {
  // A shorter one is none, and would be found in every other word.
  if (secret.length < 8) return;
  hidden.add(secret);
  hidden.add(encodeURIComponent(secret)); // as it is in addresses, and in headers of OAuth 1.0a
}

/** A message that can be shown: short, and without what is known, or looks like, a secret. */
export function withoutSecrets(message: string): string {
  const known = [...hidden].reduce((text, value) => text.replaceAll(value, '[secret]'), message);
  const clean = known.replace(SECRET_IN_TEXT, '$1[secret]');
  return clean.length <= MAX_MESSAGE ? clean : `${clean.slice(0, MAX_MESSAGE)}…`;
}

/** What went wrong and why, without the requests and responses that libraries hang on their errors, even as causes. */
function describe(error: unknown, causes = 0, isInner = false): unknown {
  if (!(error instanceof Error)) return error;
  const { name, cause, message: said }: Omit<Error, 'message'> & { message: unknown } = error;
  // Nothing keeps a library from taking a server's JSON for the message of an error, nor V8 from failing to print it.
  const isText = typeof said === 'string';
  const message = isText ? withoutSecrets(said) : 'without a message';
  const kind = 'kind' in error ? { kind: error.kind } : {};
  // Where in the program one noticed that a server is away says nothing about why.
  const isWeather = kind.kind === 'unreachable' || kind.kind === 'later';
  const stack =
    isText && !isWeather && !isInner ? error.stack?.replace(said, () => message) : undefined;
  const why = (cause instanceof Error || typeof cause === 'string') && causes < MAX_CAUSES;
  return {
    name,
    ...kind,
    message,
    stack,
    ...(why && { cause: describe(cause, causes + 1, isInner || isWeather) }),
  };
}
