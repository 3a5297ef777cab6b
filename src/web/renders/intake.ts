import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';

/*
 * Takes in what people send, straight to the disk: nothing of it is kept in memory, and nothing is opened. Whoever sends
 * too much, too slowly or something else is cut off in the middle.
 */

/** What was sent cannot be taken. The message is for whoever sent it. */
export class IntakeError extends Error {
  override readonly name = 'IntakeError';
  constructor(
    readonly reason: 'too large' | 'too slow' | 'malformed' | 'unsupported' | 'forged',
    message: string,
  ) {
    super(message);
  }
}

export interface IntakeLimits {
  /** Of each picture. */
  readonly maxBytes: number;
  /** From the first byte to the last. */
  readonly totalMs: number;
  /** From any byte to the next. */
  readonly idleMs: number;
}

export interface ReceivedForm {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** In the order in which they came; a file that is empty is none. */
  readonly files: readonly ReceivedFile[];
}

export interface ReceivedFile {
  readonly field: string;
  readonly file: string;
}

export interface FormRules {
  /** Where a file of a field is to go, the how manieth of them it is; undefined if it is not wanted. */
  readonly fileFor: (field: string, number: number) => string | undefined;
  /** Shown the first part before anything is written; what it throws ends it. */
  readonly first?: (field: string, value: string) => void;
  /** Where the fields go, for who wants them also of a form that is refused: then it is read on after a file too large. */
  readonly fields?: Map<string, readonly string[]>;
}

/** Fields are few and short; the longest is a description. Browsers send a part for every file that nobody has chosen. */
const FORM_LIMITS = {
  fieldNameSize: 64,
  fieldSize: 16_384,
  fields: 40,
  files: 10,
  parts: 50,
  headerPairs: 20,
  headerSize: 8192,
};

/** Receives multipart/form-data. @throws IntakeError */
export async function receiveForm(
  request: Request,
  limits: IntakeLimits,
  { fileFor, first = () => undefined, fields: wanted }: FormRules,
): Promise<ReceivedForm> {
  const fields = wanted ?? new Map<string, readonly string[]>();
  const files: ReceivedFile[] = [];
  const streams: BusboyFileStream[] = [];
  const writing: Promise<void>[] = [];
  const parser = parserOf(request, limits);
  const stop = new AbortController();
  let failure: unknown;
  /** Does what comes of a part; what goes wrong ends everything. */
  const guarded = (act: () => void) => {
    try {
      act();
    } catch (error) {
      failure ??= error;
      stop.abort();
    }
  };
  let isFirst = true;
  const begin = (field: string, value: string) => {
    if (isFirst) first(field, value);
    isFirst = false;
  };
  parser.on('field', (field, value, isNameCut, isValueCut) =>
    guarded(() => {
      begin(field, value);
      if (isNameCut || isValueCut) throw new IntakeError('too large', 'A field is too long.');
      fields.set(field, [...(fields.get(field) ?? []), value]);
    }),
  );
  parser.on('file', (field, stream, filename) => {
    streams.push(stream);
    stream.on('error', () => undefined); // whatever it is, the parser ends with it, too
    guarded(() => {
      begin(field, '');
      // What a browser sends for a file that nobody has chosen has no name.
      if (filename === '') return void stream.resume();
      const number = files.filter((each) => each.field === field).length + 1;
      const file = fileFor(field, number);
      if (file === undefined)
        throw new IntakeError(
          'malformed',
          `There is no place for so many files, or for “${field}”.`,
        );
      stream.on('limit', () =>
        guarded(() => {
          failure ??= tooLarge(limits);
          if (wanted === undefined) throw failure;
        }),
      );
      files.push({ field, file });
      const writer = createWriteStream(file, { mode: 0o600 });
      writing.push(pipeline(stream, writer, { signal: stop.signal }));
    });
  });
  for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(event, () =>
      guarded(() => {
        throw new IntakeError('malformed', 'The form has too many parts.');
      }),
    );
  try {
    await receive(request, limits, stop, parser);
    await Promise.all(writing);
    if (failure !== undefined) throw new Error('refused', { cause: failure });
  } catch (error) {
    stop.abort();
    for (const stream of streams) stream.destroy();
    await Promise.allSettled(writing);
    throw failure ?? error;
  }
  const sizes = await Promise.all(files.map(async ({ file }) => (await stat(file)).size));
  return { fields, files: files.filter((_, i) => (sizes[i] ?? 0) > 0) };
}

/** Receives a body of up to `maxBytes` into a file. @throws IntakeError */
export async function receiveBody(
  request: Request,
  file: string,
  limits: IntakeLimits,
): Promise<void> {
  const { maxBytes } = limits;
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        done(new IntakeError('too large', `The body has more than ${maxBytes} bytes.`));
      else done(null, chunk);
    },
  });
  const writer = createWriteStream(file, { mode: 0o600 });
  await receive(request, limits, new AbortController(), counter, writer);
}

function parserOf(request: Request, { maxBytes }: IntakeLimits): BusboyInstance {
  const type = request.headers.get('Content-Type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type))
    throw new IntakeError('unsupported', 'The body has to be multipart/form-data.');
  try {
    return new Busboy({
      headers: { 'content-type': type },
      limits: { ...FORM_LIMITS, fileSize: maxBytes },
    });
  } catch {
    throw new IntakeError('malformed', 'The form does not say what its boundary is.');
  }
}

async function receive(
  request: Request,
  { totalMs, idleMs, maxBytes }: IntakeLimits,
  stop: AbortController,
  ...into: readonly Writable[]
): Promise<void> {
  if (request.body === null) throw new IntakeError('malformed', 'There is no body.');
  const { signal } = stop;
  const giveUp = () => stop.abort();
  const total = setTimeout(giveUp, totalMs);
  const body = Readable.from(partsOf(request.body, idleMs, giveUp));
  let bytes = 0;
  body.on('data', (part: Uint8Array) => {
    // More than all files together may have comes only of a file too large that is not taken any more.
    bytes += part.length;
    if (bytes > FORM_LIMITS.files * maxBytes + FORM_LIMITS.parts * FORM_LIMITS.fieldSize) giveUp();
  });
  try {
    // A pipeline whose end is being destroyed does not always settle by itself.
    await Promise.race([
      pipeline([body, ...into], { signal }),
      once(signal, 'abort').then(() => Promise.reject(new Error('stopped'))),
    ]);
  } catch (error) {
    if (signal.aborted)
      throw new IntakeError('too slow', 'The body came too slowly, or took too long.');
    // A file that cannot be written is our own affair: the system says what it was doing.
    if (error instanceof IntakeError || (error instanceof Error && 'syscall' in error)) throw error;
    throw new IntakeError('malformed', 'The body ends too early, or is no form.');
  } finally {
    clearTimeout(total);
  }
}

/**
 * What comes of a body, part by part. The clock runs only while the next one is waited for: if the disk is slow, or many send
 * at a time, whoever sends cannot help it. What is not taken in is not cancelled: of a body that is refused in its middle the
 * server hears the rest (src/web/hearing.ts).
 */
async function* partsOf(body: ReadableStream<Uint8Array>, idleMs: number, onIdle: () => void) {
  const reader = body.getReader();
  try {
    for (;;) {
      const idle = setTimeout(onIdle, idleMs);
      const { value } = await reader.read().finally(() => clearTimeout(idle));
      if (value === undefined) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

function tooLarge({ maxBytes }: IntakeLimits): IntakeError {
  return new IntakeError('too large', `A picture has more than ${maxBytes / 1e6} megabytes.`);
}
