import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { mastodon } from 'masto';
import { describe, expect, it, vi } from 'vitest';
import type { Person } from '../support/sandbox.js';
import { answersTo, answerTo, mention, midRender, pair, patient, scene } from '../support/scene.js';

/** One test paints several pictures, or starts the bot several times. */
vi.setConfig({ testTimeout: 240_000 });

/** For which requests there is a picture. */
function filesOf(folder: string): readonly string[] {
  const pictures = join(folder, 'pictures');
  const names = existsSync(pictures) ? readdirSync(pictures) : [];
  return names.map((name) => name.replace(/-[0-9a-f]{8}\.jpg$/, '')).toSorted();
}

/** Waits until a post is gone from its server. */
function gone({ rest }: Person, { id }: mastodon.v1.Status): Promise<void> {
  return vi.waitFor(
    () => expect(rest.v1.statuses.$select(id).fetch()).rejects.toMatchObject({ statusCode: 404 }),
    patient,
  );
}

describe('a person, in reply to their painted picture,', () => {
  it('has it painted anew with #strength80, and each of them removed with #delete, files and all', async () => {
    const { ada, person, start, folder } = await scene();
    await start();
    const asked = await mention(ada, 'please #draft', await pair());
    const first = await answerTo(ada, asked);
    const more = await mention(ada, '#strength80', [], { inReplyToId: first.id });
    const second = await answerTo(ada, more);
    expect(second.content).toContain('strength 80');
    const [a, b] = [first.mediaAttachments[0], second.mediaAttachments[0]];
    expect(b?.description).toBe(a?.description);
    expect(b?.meta).toEqual(a?.meta);
    expect(filesOf(folder)).toEqual(['1', '2']);

    const mallory = await person('mallory');
    const theft = await mention(mallory, '#delete', [], { inReplyToId: first.id });
    expect((await answerTo(mallory, theft)).content).toContain('not a reply to one of yours');

    const wish = await mention(ada, '#delete', [], { inReplyToId: first.id });
    await gone(ada, first);
    await vi.waitFor(() => expect(filesOf(folder)).toEqual(['2']), patient);
    await mention(ada, '#delete please', [], { inReplyToId: second.id });
    await gone(ada, second);
    await vi.waitFor(() => expect(filesOf(folder)).toEqual([]), patient);
    // That it is gone is answer enough.
    await answerTo(ada, await mention(ada, 'hello', []));
    expect(await answersTo(ada, wish)).toEqual([]);
  });
});

describe('a person who deletes the post that asked', () => {
  it('while it waits, is not painted for; after the answer, has the answer removed, files and all', async () => {
    const { ada, start, operator, folder, untilState } = await scene();
    await start();
    const answered = await mention(ada, 'please #draft', await pair());
    const answer = await answerTo(ada, answered);
    await operator('queue', 'pause');
    const waiting = await mention(ada, 'and this #draft', await pair());
    await untilState(2, 'queued');

    await ada.rest.v1.statuses.$select(answered.id).remove();
    await ada.rest.v1.statuses.$select(waiting.id).remove();
    await gone(ada, answer);
    await vi.waitFor(async () => {
      expect(filesOf(folder)).toEqual([]);
      expect((await operator('queue', 'show', '2')).out).toMatch(/^state +cancelled$/m);
    }, patient);
    // Nothing that they wrote is kept.
    for (const id of ['1', '2'])
      expect((await operator('queue', 'show', id)).out).toMatch(/^from +\(forgotten\) on/m);
    expect(await operator('queue', 'retry', '2')).toEqual({
      code: 1,
      out: '',
      err: 'pentimento: request 2 has been forgotten, so it cannot be tried again\n',
    });
    expect((await operator('queue', 'list')).out).not.toContain('ada');
  });

  it('in mid-render, is not answered, and nothing of the picture is kept', async () => {
    const { ada, start, operator, folder } = await scene();
    const bot = await start();
    const asked = await mention(ada, 'please #size320', await pair());
    await midRender(bot);
    await ada.rest.v1.statuses.$select(asked.id).remove();
    await vi.waitFor(() => expect(bot.painters()).toEqual([]), patient);
    await answerTo(ada, await mention(ada, 'hello', []));
    expect((await operator('queue', 'show', '1')).out).toMatch(/^state +cancelled$/m);
    expect(filesOf(folder)).toEqual([]);
    expect(readdirSync(join(folder, 'downloads'))).toEqual([]);
  });

  it('while the server is too busy to remove the answer, has it removed later', async () => {
    const { ada, start, door } = await scene();
    const bot = await start();
    const asked = await mention(ada, 'hello', []);
    const answer = await answerTo(ada, asked);
    door.cut('DELETE /api/v1/statuses');
    await ada.rest.v1.statuses.$select(asked.id).remove();
    await vi.waitFor(() => expect(bot.output()).toContain('could not answer'), patient);
    door.open();
    await gone(ada, answer);
  });
});
