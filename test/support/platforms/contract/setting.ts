import sharp from 'sharp';
import { it, onTestFinished, vi } from 'vitest';
import type { Mention, OwnPicture, Platform } from '../../../../src/platforms/port.js';
import type { Ability, Network, PostOptions, Somebody } from '../network.js';

/** What the parts of the contract share: the network that is put to it, and how a test gets to where it begins. */
export interface Setting {
  readonly name: string;
  readonly can: (ability: Ability) => boolean;
  /** Registers a test; but not for a network without an ability that it takes, for then there is nothing to be seen. */
  readonly itIf: (...needed: readonly Ability[]) => (behavior: string, test: Test) => void;
  /** A network of its own. */
  readonly open: () => Promise<Network>;
  /** A mention by Ada, heard. */
  readonly mentioned: (text?: string, options?: PostOptions) => Promise<Mentioned>;
}

type Test = () => Promise<void>;

interface Mentioned {
  readonly network: Network;
  readonly ada: Somebody;
  readonly platform: Platform;
  readonly mention: Mention;
}

export const patient = { timeout: 30_000, interval: 50 };

export function settingOf(
  name: string,
  abilities: readonly Ability[],
  open: () => Promise<Network>,
): Setting {
  const can = (ability: Ability) => abilities.includes(ability);
  return {
    name,
    can,
    itIf:
      (...needed) =>
      (behavior, test) => {
        if (needed.every(can)) it(behavior, test);
      },
    open,
    mentioned: async (text = 'please', options = {}) => {
      const network = await open();
      const ada = await network.person('ada');
      const platform = network.connect();
      const id = await ada.post(`${network.us} ${text}`, options);
      await network.delivered(id);
      const { hears, stop } = listen(platform);
      const mention = await hears(id);
      await stop();
      return { network, ada, platform, mention };
    },
  };
}

/** Listens until the end of the test, or until stopped; what is heard is in `heard`, repeats included. */
export function listen(
  platform: Platform,
  onMention: (mention: Mention) => void = () => undefined,
) {
  const heard: Mention[] = [];
  const deleted: string[] = [];
  const controller = new AbortController();
  const done = platform.listen(
    {
      mentioned: (mention) => {
        heard.push(mention);
        onMention(mention);
        return Promise.resolve();
      },
      deleted: (postId) => {
        deleted.push(postId);
        return Promise.resolve();
      },
      failed: () => undefined,
    },
    controller.signal,
  );
  done.catch(() => undefined); // a test that minds awaits it
  const stop = async () => {
    controller.abort();
    await done;
  };
  onTestFinished(() => stop().catch(() => undefined));
  const hears = (id: string) =>
    vi.waitFor(() => {
      const mention = heard.find((each) => each.id === id);
      if (mention === undefined) throw new Error('not heard yet');
      return mention;
    }, patient);
  return { heard, deleted, done, stop, hears };
}

export function photo(background = 'teal', width = 96): Promise<Buffer> {
  return sharp({ create: { width, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A picture as the bot makes one. */
export async function paintedPicture(): Promise<OwnPicture> {
  const painted = sharp(await photo('orange')).jpeg();
  return { bytes: await painted.toBuffer(), name: 'painted' };
}
