import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hideFromLogs } from '../log.js';
import {
  isShelf,
  keyIn,
  StoreUnreachable,
  type Kept,
  type PictureKey,
  type PictureStore,
  type Room,
  type Shelf,
} from './store.js';

export interface S3Options {
  /** Where the storage is; without one, at Amazon. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Without both, they are looked for where Amazon's tools do: in its files, and on its machines. */
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Whether the bucket stands in the path of an address, and not in its host. */
  readonly pathStyle: boolean;
  /** The longest that one thing asked of it may take, in milliseconds, trying again included. */
  readonly timeoutMs?: number;
}

type Library = typeof import('@aws-sdk/client-s3');

const PACKAGE = '@aws-sdk/client-s3';
const TIMEOUT_MS = 60_000;
/** What goes wrong between two machines is tried again at once, so often; everything else is for the caller to do later. */
const ATTEMPTS = 3;

/**
 * Pictures in a bucket of a storage that speaks S3. Nothing is asked of it before there is something to do.
 * @throws Error if the package that speaks to it is not installed
 */
export async function openS3(
  options: S3Options,
  load: () => Promise<Library> = () => import('@aws-sdk/client-s3'),
): Promise<PictureStore> {
  const library = await load().catch((error: unknown) => {
    throw new Error(`to keep pictures in S3, install its client: npm install ${PACKAGE}`, {
      cause: error,
    });
  });
  return new S3Store(library, options);
}

class S3Store implements PictureStore {
  readonly #client;

  constructor(
    private readonly library: Library,
    private readonly options: S3Options,
  ) {
    const { endpoint, region, accessKeyId, secretAccessKey, pathStyle } = options;
    if (secretAccessKey !== undefined) hideFromLogs(secretAccessKey);
    this.#client = new library.S3Client({
      region,
      forcePathStyle: pathStyle,
      maxAttempts: ATTEMPTS,
      // Checksums of Amazon's own, which not everybody who speaks S3 knows; what is sent is signed, and what comes is compared.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint !== undefined && { endpoint }),
      ...(accessKeyId !== undefined &&
        secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    });
  }

  async put(key: PictureKey, file: string): Promise<void> {
    const Body = await readFile(file);
    const { PutObjectCommand } = this.library;
    await this.#asking((abortSignal) =>
      this.#client.send(
        new PutObjectCommand({ ...this.#object(key), Body, ContentType: 'image/jpeg' }),
        { abortSignal },
      ),
    );
    await rm(file);
  }

  async get(key: PictureKey): Promise<Buffer | undefined> {
    return this.#asking(async (signal) => {
      const body = await this.#body(key, signal);
      if (body === undefined) return undefined;
      const chunks: Buffer[] = [];
      await pipeline(
        body,
        async (parts: AsyncIterable<Buffer>) => {
          for await (const part of parts) chunks.push(part);
        },
        { signal },
      );
      return Buffer.concat(chunks);
    });
  }

  async fetch(key: PictureKey, file: string): Promise<boolean> {
    return this.#asking(async (signal) => {
      const body = await this.#body(key, signal);
      if (body === undefined) return false;
      try {
        await pipeline(body, createWriteStream(file, { mode: 0o600 }), { signal });
        return true;
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
    });
  }

  async copy(from: PictureKey, to: PictureKey): Promise<boolean> {
    const { CopyObjectCommand } = this.library;
    const CopySource = `${this.options.bucket}/${from}`; // of letters that need no encoding
    const copied = await this.#asking((abortSignal) =>
      this.#client
        .send(new CopyObjectCommand({ ...this.#object(to), CopySource }), { abortSignal })
        .catch(undefinedIfMissing),
    );
    return copied !== undefined;
  }

  async remove(what: PictureKey | Shelf): Promise<void> {
    // One by one: they are few, and to remove many at once not everybody who speaks S3 understands in the same way.
    const keys = isShelf(what) ? (await this.#under(what)).map(({ key }) => key) : [what];
    const { DeleteObjectCommand } = this.library;
    for (const key of keys)
      await this.#asking((abortSignal) =>
        this.#client
          .send(new DeleteObjectCommand(this.#object(key)), { abortSignal })
          .catch(undefinedIfMissing),
      );
  }

  list(room: Room): Promise<readonly Kept[]> {
    return this.#under(room);
  }

  async #under(Prefix: Room | Shelf): Promise<readonly Kept[]> {
    const { ListObjectsV2Command } = this.library;
    const kept: Kept[] = [];
    let from: string | undefined;
    do {
      const page = await this.#asking((abortSignal) =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.options.bucket,
            Prefix,
            ...(from !== undefined && { ContinuationToken: from }),
          }),
          { abortSignal },
        ),
      );
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        const key = keyIn(Key);
        // What does not say how old it is may be quite new.
        if (key !== undefined)
          kept.push({ key, changedAt: LastModified?.getTime() ?? Number.MAX_SAFE_INTEGER });
      }
      from = page.NextContinuationToken;
    } while (from !== undefined);
    return kept;
  }

  async #body(key: PictureKey, abortSignal: AbortSignal): Promise<Readable | undefined> {
    const { GetObjectCommand } = this.library;
    const answer = await this.#client
      .send(new GetObjectCommand(this.#object(key)), { abortSignal })
      .catch(undefinedIfMissing);
    if (answer === undefined) return undefined;
    if (!(answer.Body instanceof Readable)) throw new Error('an answer without a body');
    return answer.Body;
  }

  #object(Key: PictureKey) {
    return { Bucket: this.options.bucket, Key };
  }

  /** @throws StoreUnreachable */
  async #asking<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeoutMs = TIMEOUT_MS } = this.options;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    try {
      return await act(stop.signal);
    } catch (error) {
      const reason = stop.signal.aborted ? `no answer within ${timeoutMs} ms` : namesIn(error);
      // Without its cause: some storages repeat in their errors what they were sent, and the library hangs it on its own.
      throw new StoreUnreachable(`the storage of the pictures cannot be used: ${reason}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Only this says that a picture is not there: a bucket that is missing, or a page of a proxy, says nothing of the kind. */
function undefinedIfMissing(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== 'NoSuchKey') throw error;
}

/** The names and numbers of an error, and none of its words. */
function namesIn(error: unknown): string {
  if (!(error instanceof Error)) return 'something else than an error';
  const { $metadata: metadata } = error as { $metadata?: { readonly httpStatusCode?: number } };
  const names = [error.name, 'code' in error ? String(error.code) : ''].filter((name) =>
    /^\w{2,64}$/.test(name),
  );
  const status = metadata?.httpStatusCode;
  const said = [...new Set(names)].join(', ');
  return status === undefined ? said : `${said} (HTTP ${status})`;
}
