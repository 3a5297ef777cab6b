import type { mastodon } from 'masto';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folder.js';
import { picture, restClient, runSandbox, type Promised } from '../../support/sandbox.js';

const statusFields: Promised<mastodon.v1.Status> = {
  id: true,
  uri: true,
  createdAt: true,
  editedAt: true,
  account: true,
  content: true,
  visibility: true,
  sensitive: true,
  spoilerText: true,
  mediaAttachments: true,
  application: true,
  mentions: true,
  tags: true,
  emojis: true,
  reblogsCount: true,
  favouritesCount: true,
  repliesCount: true,
  quotesCount: true,
  quoteApproval: true,
};

describe('posting', () => {
  it('gives a status with all that masto promises', async () => {
    const { url, person } = await runSandbox();
    const ada = await person('ada');
    await person('bob');
    const { host } = new URL(url);
    const status = await ada.rest.v1.statuses.create({
      status: `@bob @bob@${host} @nobody look #Blue`,
      spoilerText: 'art',
      language: 'en',
    });
    expect(Object.keys(status)).toEqual(expect.arrayContaining(Object.keys(statusFields)));
    expect(status.mentions.map((mention) => mention.username)).toEqual(['bob']);
    expect(status.content.match(/u-url mention/g)).toHaveLength(2);
    expect(status.content).toContain('@nobody');
    expect(status.tags).toEqual([{ name: 'blue', url: `${url}/tags/blue` }]);
    expect(status).toMatchObject({ sensitive: true, visibility: 'public' });
    expect(status.text).toContain('look #Blue');
    const seenByOthers = await restClient(url).v1.statuses.$select(status.id).fetch();
    expect(seenByOthers.text).toBeUndefined();
  });

  it('posts once for one idempotency key, whoever asks how often', async () => {
    const { person } = await runSandbox();
    const [ada, bob] = [await person('ada'), await person('bob')];
    const withKey = { requestInit: { headers: { 'Idempotency-Key': 'k' } } };
    const posts = await Promise.all(
      [1, 2, 3].map(() => ada.rest.v1.statuses.create({ status: '@bob hi' }, withKey)),
    );
    expect(new Set(posts.map((status) => status.id)).size).toBe(1);
    expect(await bob.rest.v1.notifications.list()).toHaveLength(1);
    const other = await bob.rest.v1.statuses.create({ status: '@bob hi' }, withKey);
    expect(other.id).not.toBe(posts[0]?.id);
  });

  it('forgets an idempotency key after an hour', async () => {
    let time = Date.parse('2026-01-01T00:00:00Z');
    const { person } = await runSandbox({ now: () => new Date(time) });
    const ada = await person('ada');
    const withKey = { requestInit: { headers: { 'Idempotency-Key': 'k' } } };
    const first = await ada.rest.v1.statuses.create({ status: 'one' }, withKey);
    time += 61 * 60 * 1000;
    expect((await ada.rest.v1.statuses.create({ status: 'one' }, withKey)).id).not.toBe(first.id);
  });

  it('edits a status: its words, its pictures and who is mentioned, but not whom it answers', async () => {
    const { person } = await runSandbox();
    const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
    const upload = async () =>
      (
        await ada.rest.v2.media.create({
          file: await picture(),
          focus: '0.5,-0.25',
          skipPolling: true,
        })
      ).id;
    const [first, second] = [await upload(), await upload()];
    const root = await ada.rest.v1.statuses.create({ status: 'root' });
    const { id } = await ada.rest.v1.statuses.create({
      status: '@bob one',
      mediaIds: [first],
      inReplyToId: root.id,
      visibility: 'private',
    });
    const update = (changes: mastodon.rest.v1.UpdateStatusParams) =>
      ada.rest.v1.statuses.$select(id).update(changes);
    const edited = await update({ status: '@bob @eve two', mediaIds: [second, first] });
    expect(edited.editedAt).not.toBeNull();
    const seen = await eve.rest.v1.statuses.$select(id).fetch();
    expect(seen.content).toContain('two');
    expect(seen).toMatchObject({ inReplyToId: root.id, visibility: 'private' });
    expect(seen.mediaAttachments.map((media) => media.id)).toEqual([second, first]);
    expect(seen.mediaAttachments[0]?.meta?.focus).toEqual({ x: 0.5, y: -0.25 });
    expect(await eve.rest.v1.notifications.list()).toHaveLength(1);
    expect(await bob.rest.v1.notifications.list()).toHaveLength(1);

    await expect(update({ status: '' })).rejects.toMatchObject({ statusCode: 422 });
    const after = await ada.rest.v1.statuses.$select(id).fetch();
    expect(after.mediaAttachments, 'all of it or nothing').toHaveLength(2);
    const meddling = bob.rest.v1.statuses.$select(id).update({ status: 'mine' });
    await expect(meddling).rejects.toMatchObject({ statusCode: 404 });
  });

  it('shows a thread: ancestors from the top, descendants depth first', async () => {
    const { person } = await runSandbox();
    const { rest } = await person('ada');
    const say = async (status: string, inReplyToId?: string) =>
      (await rest.v1.statuses.create({ status, ...(inReplyToId ? { inReplyToId } : {}) })).id;
    const root = await say('root');
    const a = await say('a', root);
    const b = await say('b', root);
    const a1 = await say('a1', a);
    const b1 = await say('b1', b);
    const a2 = await say('a2', a);
    const whole = await rest.v1.statuses.$select(root).context.fetch();
    expect(whole.descendants.map((status) => status.id)).toEqual([a, a1, a2, b, b1]);
    const leaf = await rest.v1.statuses.$select(a1).context.fetch();
    expect(leaf.ancestors.map((status) => status.id)).toEqual([root, a]);
    expect(leaf.descendants).toEqual([]);
  });

  it('shows nobody what is not addressed to them', async () => {
    const { url, person } = await runSandbox();
    const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
    const root = await ada.rest.v1.statuses.create({ status: 'root' });
    const secrets = [];
    for (const visibility of ['private', 'direct'] as const) {
      secrets.push(
        await ada.rest.v1.statuses.create({
          status: `@bob ${visibility}`,
          visibility,
          inReplyToId: root.id,
        }),
      );
    }
    for (const { id } of secrets) {
      expect((await bob.rest.v1.statuses.$select(id).fetch()).id).toBe(id);
      for (const rest of [eve.rest, restClient(url)]) {
        await expect(rest.v1.statuses.$select(id).fetch()).rejects.toMatchObject({
          statusCode: 404,
        });
        await expect(rest.v1.statuses.$select(id).context.fetch()).rejects.toMatchObject({
          statusCode: 404,
        });
      }
      await expect(eve.rest.v1.statuses.$select(id).favourite()).rejects.toMatchObject({
        statusCode: 404,
      });
      await expect(
        eve.rest.v1.statuses.create({ status: 'me too', inReplyToId: id }),
      ).rejects.toMatchObject({ statusCode: 404 });
    }
    const descendants = async (rest: typeof bob.rest) =>
      (await rest.v1.statuses.$select(root.id).context.fetch()).descendants.length;
    expect([await descendants(bob.rest), await descendants(eve.rest)]).toEqual([2, 0]);
    const { id } = await ada.rest.v1.accounts.verifyCredentials();
    expect(await eve.rest.v1.accounts.$select(id).statuses.list()).toHaveLength(1);
    expect(await bob.rest.v1.accounts.$select(id).statuses.list()).toHaveLength(3);
  });

  it('keeps replies, and all that is not public, off the public timeline', async () => {
    const { url, person } = await runSandbox();
    const [ada, bob] = [await person('ada'), await person('bob')];
    const root = await ada.rest.v1.statuses.create({ status: 'root' });
    await ada.rest.v1.statuses.create({ status: 'quiet', visibility: 'unlisted' });
    await bob.rest.v1.statuses.create({ status: '@ada reply', inReplyToId: root.id });
    const more = await ada.rest.v1.statuses.create({ status: 'more', inReplyToId: root.id });
    const timeline = await restClient(url).v1.timelines.public.list();
    expect(timeline.map((status) => status.id)).toEqual([more.id, root.id]);
  });

  it("deletes one's own status, and nobody else's, with its pictures", async () => {
    const { person } = await runSandbox();
    const [ada, bob] = [await person('ada'), await person('bob')];
    const { id: media, url } = await ada.rest.v2.media.create({
      file: await picture(),
      skipPolling: true,
    });
    const root = await ada.rest.v1.statuses.create({ status: '@bob', mediaIds: [media] });
    const reply = await bob.rest.v1.statuses.create({ status: 'hm', inReplyToId: root.id });
    await expect(bob.rest.v1.statuses.$select(root.id).remove()).rejects.toMatchObject({
      statusCode: 404,
    });
    expect((await fetch(String(url))).status).toBe(200);
    await ada.rest.v1.statuses.$select(root.id).remove();
    await expect(ada.rest.v1.statuses.$select(root.id).fetch()).rejects.toMatchObject({
      statusCode: 404,
    });
    expect((await fetch(String(url))).status).toBe(404);
    expect(await bob.rest.v1.notifications.list()).toEqual([]);
    expect((await bob.rest.v1.statuses.$select(reply.id).fetch()).inReplyToId).toBeNull();
  });

  it('counts favourites and tells the author, once', async () => {
    const { person } = await runSandbox();
    const [ada, bob] = [await person('ada'), await person('bob')];
    const { id } = await ada.rest.v1.statuses.create({ status: 'look' });
    await bob.rest.v1.statuses.$select(id).favourite();
    const liked = await bob.rest.v1.statuses.$select(id).favourite();
    expect(liked).toMatchObject({ favourited: true, favouritesCount: 1 });
    expect(await ada.rest.v1.statuses.$select(id).fetch()).toMatchObject({ favourited: false });
    const [notification, ...others] = await ada.rest.v1.notifications.list();
    expect(notification).toMatchObject({ type: 'favourite', account: { username: 'bob' } });
    expect(others).toEqual([]);
    const unliked = await bob.rest.v1.statuses.$select(id).unfavourite();
    expect(unliked).toMatchObject({ favourited: false, favouritesCount: 0 });
    expect(await ada.rest.v1.notifications.list()).toEqual([]);
  });
});

describe('a restart', () => {
  it('shows the same timeline, and ids go on upwards even if the clock has gone back', async () => {
    const directory = temporaryFolder();
    const before = await runSandbox({ directory, now: () => new Date('2026-05-01') });
    const ada = await before.person('ada');
    const { id: media } = await ada.rest.v2.media.create({
      file: await picture(),
      skipPolling: true,
    });
    const first = await ada.rest.v1.statuses.create({ status: 'first', mediaIds: [media] });
    await before.close();

    const after = await runSandbox({ directory, now: () => new Date('2026-04-01') });
    const rest = restClient(after.url, ada.token);
    const second = await rest.v1.statuses.create({ status: 'second' });
    expect(second.id.length).toBe(first.id.length);
    expect(second.id > first.id).toBe(true);
    const timeline = await rest.v1.timelines.public.list();
    expect(timeline.map((status) => status.content)).toEqual(['<p>second</p>', '<p>first</p>']);
    const file = await fetch(String(timeline[1]?.mediaAttachments[0]?.url));
    expect(file.status).toBe(200);
  });
});
