import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Dice } from './dice.js';

/** How a connection ends: before a request gets through, when the answer is there and not passed on, or in its middle. */
const endings = ['request lost', 'answer lost', 'answer torn'] as const;

/** At most as many pieces of an answer, or events of a stream, pass: 2 to the power of a number in this range. */
const LIVES = [2, 6] as const;

/** A way to a server on which no connection lasts, whatever is spoken on it; each is cut after another while. */
export class Scissors {
  /** How many connections have been cut, each way. */
  readonly cuts = { 'request lost': 0, 'answer lost': 0, 'answer torn': 0 };
  /** Whether connections are left alone from now on. */
  isClosed = false;
  readonly #sockets = new Set<Socket>();
  #server: ReturnType<typeof createServer> | undefined;

  constructor(private readonly dice: Dice) {}

  /** Begins to listen; gives the address. */
  async open(target: string): Promise<string> {
    const { hostname, port } = new URL(target);
    this.#server = createServer((near) => this.#relay(near, connect(Number(port), hostname)));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
  }

  #relay(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    // Many lives are short, and a few long enough for the longest list.
    let left = this.dice.between(1, 2 ** this.dice.between(...LIVES));
    const ending = this.dice.pick(...endings);
    const cut = (last?: Buffer) => {
      this.cuts[ending]++;
      far.destroy();
      if (last === undefined) near.resetAndDestroy();
      else near.end(last, () => near.destroy());
    };
    near.on('data', (request: Buffer) => {
      if (ending === 'request lost' && this.#isOver(left)) cut();
      else far.write(request);
    });
    far.on('data', (answer: Buffer) => {
      left--;
      if (!this.#isOver(left) || ending === 'request lost') near.write(answer);
      else cut(ending === 'answer torn' ? answer.subarray(0, answer.length / 2) : undefined);
    });
  }

  #isOver(left: number): boolean {
    return left <= 0 && !this.isClosed;
  }
}
