import { runSandbox } from '../sandbox/harness.js';
import { platformContract } from './contract.js';
import { mastodonNetwork } from './mastodon-network.js';

platformContract(
  'the sandbox',
  [
    'posts for few',
    'editing',
    'warnings',
    'removal',
    'deletions told',
    'order',
    'keys honored',
    'thread guarded',
  ],
  async () => {
    const { url, sandbox, person } = await runSandbox();
    const { accessToken } = sandbox.signIn('pentimento', { bot: true });
    return mastodonNetwork({
      url,
      accessToken,
      username: 'pentimento',
      person: async (name) => (await person(name)).rest,
    });
  },
);
