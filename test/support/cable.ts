import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of a connection over which something is sent. */
export type Fate = 'goes on' | 'breaks before' | 'breaks after';

/** A way to a server that can be cut as a cable is: nobody is told, what was sent does not arrive, and no answer comes. */
export class Cable {
  /** Breaks single connections, before what is sent arrives or after it has been done, of which no answer comes. */
  fateOf: (sent: Buffer) => Fate = () => 'goes on';
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #isCut = false;

  /** Begins to listen; gives the port. */
  async open(port: number): Promise<number> {
    this.#server = createServer((near) => this.#join(near, connect(port, '127.0.0.1')));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Of all that there is by now, nothing comes or goes any more, and nobody is told; what is new is as ever. */
  forget(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data');
      socket.on('data', () => undefined);
    }
  }

  /** What was under way goes on, unless somebody has lost patience. */
  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
  }

  #join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      if (this.#isCut) one.pause();
    }
    let isBreaking = false;
    near.on('data', (bytes) => {
      const fate = this.fateOf(bytes);
      isBreaking ||= fate === 'breaks after';
      if (fate === 'breaks before') near.resetAndDestroy();
      else far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (isBreaking) near.resetAndDestroy();
      else near.write(bytes);
    });
  }
}
