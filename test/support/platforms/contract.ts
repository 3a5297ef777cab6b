import { listening } from './contract/listening.js';
import { reading } from './contract/reading.js';
import { replying } from './contract/replying.js';
import { settingOf } from './contract/setting.js';
import type { Ability, Network } from './network.js';

/**
 * What every adapter of the port promises, whatever network is behind it and whatever goes wrong on the way there.
 * @param abilities of the network: what it cannot do is not asked of it
 * @param open gives each test a network of its own
 */
export function platformContract(
  name: string,
  abilities: readonly Ability[],
  open: () => Promise<Network>,
): void {
  const setting = settingOf(name, abilities, open);
  listening(setting);
  reading(setting);
  replying(setting);
}
