import type { mastodon } from 'masto';
import { describe, expect, it } from 'vitest';
import { restClient, runSandbox, type Person } from '../../support/sandbox.js';

/** Bob, mentioned by Ada so many times, and the ids of his notifications, oldest first. */
async function mentioned(times: number): Promise<{ bob: Person; url: string; ids: string[] }> {
  const { url, person } = await runSandbox();
  const [ada, bob] = [await person('ada'), await person('bob')];
  for (let count = 1; count <= times; count += 1) {
    await ada.rest.v1.statuses.create({ status: `@bob ${count}` });
  }
  const ids = idsOf(await bob.rest.v1.notifications.list({ limit: 80 })).toReversed();
  return { bob, url, ids };
}

const idsOf = (list: readonly mastodon.v1.Notification[]) => list.map(({ id }) => id);

describe('the list of notifications', () => {
  it('is newest first, and every mention is in it with its status and its author', async () => {
    const { bob, ids } = await mentioned(3);
    const list = await bob.rest.v1.notifications.list();
    expect(list.map((one) => one.status?.content.replace(/<[^>]+>/g, ''))).toEqual([
      '@bob 3',
      '@bob 2',
      '@bob 1',
    ]);
    expect(list[0]).toMatchObject({ type: 'mention', account: { username: 'ada' } });
    expect(ids).toEqual(ids.toSorted());
  });

  it('gives with min_id the page immediately after, with since_id the newest, with max_id what lies before', async () => {
    const { bob, ids } = await mentioned(6);
    const [a = '', b, c, d = '', e, f] = ids;
    const list = async (params: mastodon.rest.v1.ListNotificationsParams) =>
      idsOf(await bob.rest.v1.notifications.list(params));
    expect(await list({ minId: a, limit: 2 })).toEqual([c, b]);
    expect(await list({ sinceId: a, limit: 2 })).toEqual([f, e]);
    expect(await list({ maxId: d, limit: 2 })).toEqual([c, b]);
    expect(await list({ minId: a, maxId: d })).toEqual([c, b]);
    expect(await list({ minId: '0', limit: 1 })).toEqual([a]);
    expect(await list({ minId: '9'.repeat(40) })).toEqual([]);
  });

  it('is walked to its end in both directions by its links', async () => {
    const { bob, ids } = await mentioned(7);
    const down: string[] = [];
    for await (const page of bob.rest.v1.notifications.list({ limit: 3 })) {
      down.push(...idsOf(page));
    }
    expect(down.toReversed()).toEqual(ids);
    const up: string[] = [];
    const upwards = bob.rest.v1.notifications.list({ limit: 3, minId: '0', types: ['mention'] });
    for await (const page of upwards.setDirection('prev')) up.push(...idsOf(page).toReversed());
    expect(up).toEqual(ids);
  });

  it('can be narrowed by type', async () => {
    const { bob, ids } = await mentioned(1);
    const list = async (params: mastodon.rest.v1.ListNotificationsParams) =>
      idsOf(await bob.rest.v1.notifications.list(params));
    expect(await list({ types: ['mention'] })).toEqual(ids);
    expect(await list({ types: ['favourite', 'follow'] })).toEqual([]);
    expect(await list({ excludeTypes: ['mention'] })).toEqual([]);
    expect(await list({ excludeTypes: ['favourite'] })).toEqual(ids);
  });

  it('forgives a strange limit, but not a strange id', async () => {
    const { bob, url } = await mentioned(2);
    const get = (query: string) =>
      fetch(`${url}/api/v1/notifications?${query}`, {
        headers: { Authorization: `Bearer ${bob.token}` },
      });
    for (const [limit, length] of [
      ['0', 1],
      ['-5', 1],
      ['many', 2],
      ['1e9', 2],
    ] as const) {
      expect(await (await get(`limit=${limit}`)).json()).toHaveLength(length);
    }
    expect((await get('min_id=x%27--')).status).toBe(422);
  });

  it('gives one notification by its id, to whom it was sent only', async () => {
    const { url, person } = await runSandbox();
    const [ada, bob] = [await person('ada'), await person('bob')];
    await ada.rest.v1.statuses.create({ status: '@bob and @ada herself' });
    const [mention] = await bob.rest.v1.notifications.list();
    const id = String(mention?.id);
    expect((await bob.rest.v1.notifications.$select(id).fetch()).type).toBe('mention');
    await expect(ada.rest.v1.notifications.$select(id).fetch()).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(await ada.rest.v1.notifications.list()).toEqual([]);
    await expect(restClient(url).v1.notifications.$select(id).fetch()).rejects.toMatchObject({
      statusCode: 401,
    });
  });
});
