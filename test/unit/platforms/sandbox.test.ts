import { platformContract } from '../../support/platforms/contract.js';
import { sandboxNetwork } from '../../support/platforms/sandbox-network.js';

platformContract(
  'the sandbox',
  [
    'posts for few',
    'editing',
    'warnings',
    'removal',
    'deletions told',
    'order',
    'many posts',
    'keys honored',
    'thread guarded',
  ],
  () => sandboxNetwork(),
);
