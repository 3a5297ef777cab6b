import type { mastodon } from 'masto';
import { z } from 'zod';
import { PlatformError } from '../port.js';
import { asking } from './failures.js';

/** What a server is and takes. */
export interface Instance {
  /** Where it streams; undefined if it does not. */
  readonly streaming: string | undefined;
  readonly limits: Limits;
}

export interface Limits {
  /** Of a post, its content warning included. */
  readonly characters: number;
  /** Of an alt text. */
  readonly description: number;
  /** Of a picture's file. */
  readonly bytes: number;
  /** Of a picture, width times height. */
  readonly pixels: number;
}

/** Mastodon's own (4.0 and before, where later versions take more): what a server that says nothing is likely to take. */
const USUAL: Limits = { characters: 500, description: 1500, bytes: 8e6, pixels: 4096 ** 2 };

/** A limit that is none of a kind that makes sense is not believed, and not a reason to take no other one. */
const limit = z.number().positive().optional().catch(undefined);
const configurationSchema = z
  .object({
    urls: z.object({ streaming: z.string().nullish() }).nullish().catch(undefined),
    statuses: z.object({ maxCharacters: limit }).nullish().catch(undefined),
    mediaAttachments: z
      .object({ descriptionLimit: limit, imageSizeLimit: limit, imageMatrixLimit: limit })
      .nullish()
      .catch(undefined),
  })
  .nullish();

const v2Schema = z.object({ configuration: configurationSchema });
const v1Schema = z.object({
  urls: z.object({ streamingApi: z.string().nullish() }).nullish().catch(undefined),
  configuration: configurationSchema.catch(undefined),
  // Before Mastodon 3.4.2 servers with other limits than Mastodon's had words of their own for them: Pleroma's.
  maxTootChars: limit,
  uploadLimit: limit,
  descriptionLimit: limit,
});

/**
 * Asks a server what it is. Small and old servers know only the first version of the question.
 * @throws PlatformError
 */
export async function readInstance(client: mastodon.rest.Client): Promise<Instance> {
  const configuration = await askV2(client);
  const streaming = configuration?.urls?.streaming;
  // Whether a server that does not say streams at all is known to the first version alone.
  if (configuration && streaming !== undefined)
    return { streaming: streamingAddress(streaming), limits: limitsIn(configuration, {}) };
  const v1 = await asking('reading the instance', async () =>
    v1Schema.parse(await client.v1.instance.fetch()),
  );
  return {
    streaming: streamingAddress(v1.urls?.streamingApi),
    limits: limitsIn(configuration ?? v1.configuration, v1),
  };
}

type Configuration = z.infer<typeof configurationSchema>;

function limitsIn(
  configuration: Configuration,
  old: Partial<Pick<z.infer<typeof v1Schema>, 'maxTootChars' | 'uploadLimit' | 'descriptionLimit'>>,
): Limits {
  const { statuses, mediaAttachments: media } = configuration ?? {};
  return {
    characters: statuses?.maxCharacters ?? old.maxTootChars ?? USUAL.characters,
    description: media?.descriptionLimit ?? old.descriptionLimit ?? USUAL.description,
    bytes: media?.imageSizeLimit ?? old.uploadLimit ?? USUAL.bytes,
    pixels: media?.imageMatrixLimit ?? USUAL.pixels,
  };
}

function streamingAddress(base: string | null | undefined): string | undefined {
  return base && URL.canParse(base) ? new URL('/api/v1/streaming', base).href : undefined;
}

async function askV2(client: mastodon.rest.Client): Promise<Configuration> {
  try {
    return await asking('reading the instance', async () => {
      return v2Schema.parse(await client.v2.instance.fetch()).configuration;
    });
  } catch (error) {
    // Not there, or not as we know it: the first version will tell, and whether the server is there at all.
    if (error instanceof PlatformError && error.kind !== 'fatal') return undefined;
    throw error;
  }
}
