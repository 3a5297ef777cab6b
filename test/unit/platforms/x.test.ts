import { platformContract } from '../../support/platforms/contract.js';
import { xNetwork } from '../../support/platforms/x-network.js';

platformContract('X', ['order', 'many posts'], () => xNetwork());
