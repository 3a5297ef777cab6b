import type { mastodon } from 'masto';
import { z } from 'zod';
import { PlatformError } from '../port.js';
import { asking } from './failures.js';

const v2Schema = z.object({
  configuration: z.object({ urls: z.object({ streaming: z.string().nullish() }) }),
});
const v1Schema = z.object({ urls: z.object({ streamingApi: z.string().nullish() }).nullish() });

/**
 * Where a server streams; undefined if it does not. Small and old servers know only the first version of the question.
 * @throws PlatformError
 */
export async function streamingAddressOf(
  client: mastodon.rest.Client,
): Promise<string | undefined> {
  const address = (await askV2(client)) ?? (await askV1(client));
  return address && URL.canParse(address) ? new URL('/api/v1/streaming', address).href : undefined;
}

async function askV2(client: mastodon.rest.Client): Promise<string | null | undefined> {
  try {
    return await asking('reading the instance', async () => {
      const { configuration } = v2Schema.parse(await client.v2.instance.fetch());
      return configuration.urls.streaming;
    });
  } catch (error) {
    // Not there, or not as we know it: the first version will tell, and whether the server is there at all.
    if (error instanceof PlatformError && error.kind !== 'fatal') return undefined;
    throw error;
  }
}

function askV1(client: mastodon.rest.Client): Promise<string | null | undefined> {
  return asking('reading the instance', async () => {
    const { urls } = v1Schema.parse(await client.v1.instance.fetch());
    return urls?.streamingApi;
  });
}
