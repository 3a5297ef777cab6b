import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { bufferToFormData } from 'hono/utils/buffer';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLog } from '../../../src/log.js';
import { mastodonPlatform } from '../../../src/platforms/mastodon/platform.js';
import { PictureRefused, type Mention, type OwnPicture } from '../../../src/platforms/port.js';
import { mentionOf } from '../../support/fixtures.js';
import { httpServer } from '../../support/http-server.js';

const postSchema = z.object({ status: z.string(), spoiler_text: z.string() });

interface Server {
  readonly instances: Readonly<Record<string, unknown>>;
  /** The status for each upload, in turn; 200 when there are no more. */
  readonly uploads?: number[];
}

/** A server that takes every post, says what it says of itself, and shows what it was given. */
async function serverThat({ instances, uploads = [] }: Server) {
  const pictures: { readonly bytes: number; readonly width: number; readonly height: number }[] =
    [];
  const descriptions: string[] = [];
  const posts: z.infer<typeof postSchema>[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const say = (status: number, answer: unknown) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(answer));
    const body = await buffer(request);
    const { url = '' } = request;
    if (url in instances) return say(200, instances[url]);
    if (url === '/api/v1/accounts/verify_credentials') return say(200, { id: '1', username: 'me' });
    if (url === '/api/v1/statuses') {
      posts.push(postSchema.parse(JSON.parse(body.toString())));
      return say(200, { id: 'posted' });
    }
    if (url !== '/api/v2/media') return say(404, { error: 'Not here' });
    const type = request.headers['content-type'] ?? '';
    const form = await bufferToFormData(Uint8Array.from(body).buffer, type);
    const file = form.get('file');
    if (!(file instanceof Blob)) return say(422, { error: 'No file' });
    const { width, height } = await sharp(await file.arrayBuffer()).metadata();
    pictures.push({ bytes: file.size, width, height });
    descriptions.push(z.string().parse(form.get('description')));
    const status = uploads.shift() ?? 200;
    return status === 200 ? say(200, { id: '7', url: 'here' }) : say(status, { error: 'Too much' });
  };
  const url = await httpServer((request, response) => void handle(request, response));
  const cursor = { get: () => Promise.resolve(undefined), set: () => Promise.resolve() };
  const log = createLog('silent');
  const platform = mastodonPlatform({ name: 'here', url, accessToken: 'x', cursor, log });
  return { platform, pictures, descriptions, posts };
}

/** 300 by 200 pixels of many colors. */
async function painted(): Promise<OwnPicture> {
  const svg = `<svg width="300" height="200"><filter id="n"><feTurbulence baseFrequency="0.9"/></filter>
    <rect width="300" height="200" filter="url(#n)"/></svg>`;
  const bytes = await sharp(Buffer.from(svg)).flatten().jpeg({ quality: 95 }).toBuffer();
  return { bytes, name: 'painted' };
}

const reply = async () => ({
  text: 'Here is your picture. It took a while. Thank you for your patience!',
  picture: { ...(await painted()), description: 'A photo of a boat, repainted.' },
});
const mention: Mention = mentionOf('5', 'ada', { spoiler: 'long warning '.repeat(20) });

/** Limits far below what we would send, in the words of servers of different ages. */
const dialects: readonly (readonly [string, Server['instances']])[] = [
  [
    'Mastodon today',
    {
      '/api/v2/instance': {
        configuration: {
          urls: { streaming: 'wss://here.example' },
          statuses: { max_characters: 80 },
          media_attachments: {
            description_limit: 20,
            image_size_limit: 9000,
            image_matrix_limit: 15_000,
          },
        },
      },
    },
  ],
  [
    'Mastodon before version 4',
    {
      '/api/v1/instance': {
        urls: { streaming_api: 'wss://here.example' },
        configuration: {
          statuses: { max_characters: 80 },
          media_attachments: {
            description_limit: 20,
            image_size_limit: 9000,
            image_matrix_limit: 15_000,
          },
        },
      },
    },
  ],
  [
    'Pleroma',
    { '/api/v1/instance': { max_toot_chars: 80, description_limit: 20, upload_limit: 9000 } },
  ],
];

describe.each(dialects)('the limits of a server, as said by %s,', (_, instances) => {
  it('are kept to: by the picture, its alt text, and the post with its warning', async () => {
    const { platform, pictures, descriptions, posts } = await serverThat({ instances });
    await platform.reply(mention, await reply());
    const [picture] = pictures;
    expect(picture?.bytes).toBeLessThanOrEqual(9000);
    const hasMatrix = JSON.stringify(instances).includes('matrix');
    if (hasMatrix)
      expect((picture?.width ?? NaN) * (picture?.height ?? NaN)).toBeLessThanOrEqual(15_000);
    expect(descriptions).toEqual(['A photo of a boat,…']);
    const [post] = posts;
    expect(`${post?.status ?? ''}${post?.spoiler_text ?? ''}`.length).toBeLessThanOrEqual(80);
    expect(post?.status).toBe('@ada Here is your picture.');
  });
});

describe('a server that says nothing, or nonsense, of its limits', () => {
  it.each([
    ['nothing', {}],
    [
      'nonsense',
      { configuration: { statuses: { max_characters: -1 }, media_attachments: 'many' } },
    ],
  ])('(%s) is given what every server takes', async (_, instance) => {
    const { platform, posts, pictures } = await serverThat({
      instances: { '/api/v1/instance': instance },
    });
    await platform.reply({ ...mention, spoiler: '' }, await reply());
    expect(posts[0]?.status).toMatch(/^@ada Here is your picture\..*patience!$/);
    expect(pictures).toMatchObject([{ width: 300, height: 200 }]);
  });
});

describe('a picture that the server refuses', () => {
  const instances = { '/api/v1/instance': {} };

  it('is tried once more, smaller, for what servers say of their limits is not always so', async () => {
    const { platform, pictures, posts } = await serverThat({ instances, uploads: [413] });
    await platform.reply(mention, await reply());
    expect(pictures).toHaveLength(2);
    expect(posts).toHaveLength(1);
  });

  it('again, is said to be the reason', async () => {
    const { platform, posts } = await serverThat({ instances, uploads: [422, 422] });
    await expect(platform.reply(mention, await reply())).rejects.toBeInstanceOf(PictureRefused);
    expect(posts).toEqual([]);
  });
});
