import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface Trap {
  readonly port: number;
  /** How many have come. */
  readonly visits: () => number;
  readonly close: () => void;
}

/** Listens on every address of this machine, where nobody must come. */
export async function setTrap(): Promise<Trap> {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, visits: () => visits, close: () => void server.close() };
}
