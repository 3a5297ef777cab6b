import { Hono } from 'hono';
import { charactersPerLink } from '../content.js';
import { imageMatrixLimit, imageSizeLimit, supportedMimeTypes } from '../pictures.js';
import { maxCharacters, maxMediaAttachments } from '../posting.js';
import { maxDisplayName, maxNote } from './accounts.js';
import type { ApiEnv, Sandboxed } from './http.js';
import { descriptionLimit } from './media.js';

/** The Mastodon version whose API this follows, for clients that ask before they use a feature. */
const version = '4.3.0 (compatible; Pentimento sandbox)';
const title = 'Pentimento sandbox';
const description =
  'A tiny Mastodon server on this machine, for trying the bot without an account.';

const configuration = {
  accounts: { max_display_name_length: maxDisplayName, max_note_length: maxNote },
  statuses: {
    max_characters: maxCharacters,
    max_media_attachments: maxMediaAttachments,
    characters_reserved_per_url: charactersPerLink,
  },
  media_attachments: {
    description_limit: descriptionLimit,
    supported_mime_types: supportedMimeTypes,
    image_size_limit: imageSizeLimit,
    image_matrix_limit: imageMatrixLimit,
    video_size_limit: 0,
    video_frame_rate_limit: 0,
    video_matrix_limit: 0,
  },
};

/** `/api/v1/instance` and `/api/v2/instance`: what the server is and what it takes. */
export function instanceRoutes({ url, stores }: Sandboxed): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();
  const streamingUrl = () => url().replace(/^http/, 'ws');

  routes.get('/v1/instance', (c) =>
    c.json({
      uri: new URL(url()).host,
      title,
      short_description: description,
      description,
      email: '',
      version,
      urls: { streaming_api: streamingUrl() },
      stats: { ...stores.statuses.totals(), domain_count: 1 },
      thumbnail: null,
      languages: ['en'],
      registrations: true,
      approval_required: false,
      invites_enabled: false,
      configuration,
      contact_account: null,
      rules: [],
    }),
  );

  routes.get('/v2/instance', (c) =>
    c.json({
      domain: new URL(url()).host,
      title,
      version,
      source_url: '',
      description,
      usage: { users: { active_month: stores.statuses.totals().user_count } },
      thumbnail: { url: `${url()}/headers/original/missing.svg`, blurhash: null, versions: {} },
      icon: [],
      languages: ['en'],
      configuration: {
        ...configuration,
        urls: { streaming: streamingUrl(), status: null },
        translation: { enabled: false },
      },
      registrations: { enabled: true, approval_required: false, message: null },
      contact: { email: '', account: null },
      rules: [],
    }),
  );

  return routes;
}
