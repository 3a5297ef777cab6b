import { createRestAPIClient, MastoHttpError, type mastodon } from 'masto';
import { describe, expect, it } from 'vitest';
import { jsonField, restClient, runSandbox, type Promised } from '../../support/sandbox.js';

const accountFields: Omit<Promised<mastodon.v1.Account>, 'featureApproval'> = {
  id: true,
  username: true,
  acct: true,
  url: true,
  displayName: true,
  note: true,
  avatar: true,
  avatarStatic: true,
  header: true,
  headerStatic: true,
  locked: true,
  fields: true,
  emojis: true,
  bot: true,
  group: true,
  createdAt: true,
  lastStatusAt: true,
  statusesCount: true,
  followersCount: true,
  followingCount: true,
  roles: true,
};

describe('the instance', () => {
  it('tells its limits and its streaming address in both versions', async () => {
    const { url } = await runSandbox();
    const rest = restClient(url);
    const v2 = await rest.v2.instance.fetch();
    expect(v2.configuration).toMatchObject({
      urls: { streaming: url.replace('http', 'ws') },
      statuses: { maxCharacters: 500, maxMediaAttachments: 4 },
      mediaAttachments: { imageSizeLimit: 16e6, imageMatrixLimit: 33_177_600 },
    });
    expect(v2.configuration.mediaAttachments.supportedMimeTypes).toContain('image/jpeg');
    expect(v2.configuration.mediaAttachments.supportedMimeTypes).not.toContain('image/svg+xml');
    const v1 = await rest.v1.instance.fetch();
    expect(v1.urls.streamingApi).toBe(url.replace('http', 'ws'));
  });
});

describe('signing in', () => {
  it('lets a person in by name alone, and in again to the same account in any case', async () => {
    const { person } = await runSandbox();
    const first = await person('Ada');
    const again = await person('ada');
    const me = await first.rest.v1.accounts.verifyCredentials();
    expect(me.username).toBe('Ada');
    expect((await again.rest.v1.accounts.verifyCredentials()).id).toBe(me.id);
    expect(Object.keys(me)).toEqual(expect.arrayContaining(Object.keys(accountFields)));
  });

  it("does not give away the bot's seat, nor leave whoever sat there before", async () => {
    const { sandbox, url, person } = await runSandbox();
    const squatter = await person('Pentimento');
    const bot = sandbox.signIn('pentimento', { bot: true, displayName: 'Pentimento' });
    await expect(squatter.rest.v1.accounts.verifyCredentials()).rejects.toMatchObject({
      statusCode: 401,
    });
    await expect(person('PENTIMENTO')).rejects.toThrow(/taken/);
    const rest = restClient(url, bot.accessToken);
    // Not even a bot that says it is none frees its name.
    await rest.v1.accounts.updateCredentials({ bot: false });
    await expect(person('pentimento')).rejects.toThrow(/taken/);
    expect((await rest.v1.accounts.verifyCredentials()).id).toBe(bot.accountId);
  });

  it.each(['', 'a b', '../x', 'x'.repeat(31), 'Álvaro', '<b>'])(
    'refuses the name %j',
    async (username) => {
      const { url } = await runSandbox();
      const response = await fetch(`${url}/api/v1/accounts`, {
        method: 'POST',
        body: JSON.stringify({ username }),
      });
      expect(response.status).toBe(422);
      expect(await jsonField(response, 'error')).toMatch(/letters a–z, digits or underscores/);
    },
  );

  it('refuses a wrong token, and a missing one where an account is needed', async () => {
    const { url } = await runSandbox();
    const wrong = createRestAPIClient({ url, accessToken: 'wrong' });
    await expect(wrong.v1.timelines.public.list()).rejects.toMatchObject({ statusCode: 401 });
    await expect(restClient(url).v1.notifications.list()).rejects.toBeInstanceOf(MastoHttpError);
  });

  it('knows an application by its credentials and names it on what is posted with it', async () => {
    const { url } = await runSandbox();
    const app = await restClient(url).v1.apps.create({
      clientName: 'Brush',
      redirectUris: 'urn:ietf:wg:oauth:2.0:oob',
      scopes: 'read write',
      website: 'https://brush.example',
    });
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: String(app.clientId),
      client_secret: String(app.clientSecret),
    });
    const granted = await fetch(`${url}/oauth/token`, { method: 'POST', body: form });
    const signedIn = await fetch(`${url}/api/v1/accounts`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await jsonField(granted, 'access_token')}` },
      body: new URLSearchParams({ username: 'ada' }),
    });
    const ada = restClient(url, await jsonField(signedIn, 'access_token'));
    const status = await ada.v1.statuses.create({ status: 'hello' });
    expect(status.application).toEqual({ name: 'Brush', website: 'https://brush.example' });
    form.set('client_secret', 'guess');
    const refused = await fetch(`${url}/oauth/token`, { method: 'POST', body: form });
    expect(refused.status).toBe(401);
  });

  it('changes a profile, and finds accounts by name', async () => {
    const { url, person } = await runSandbox();
    const { rest } = await person('ada');
    const me = await rest.v1.accounts.updateCredentials({
      displayName: 'Ada L.',
      note: '<script>alert(1)</script>',
      bot: true,
    });
    expect(me).toMatchObject({ displayName: 'Ada L.', bot: true });
    expect(me.note).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>');
    const { host } = new URL(url);
    for (const acct of ['ada', '@ADA', `ada@${host}`]) {
      expect((await rest.v1.accounts.lookup({ acct })).id).toBe(me.id);
    }
    expect((await rest.v1.accounts.$select(me.id).fetch()).displayName).toBe('Ada L.');
    await expect(rest.v1.accounts.lookup({ acct: 'ada@elsewhere' })).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});
