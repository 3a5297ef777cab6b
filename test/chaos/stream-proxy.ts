import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { Dice } from './dice.js';
import type { Faults } from './faults.js';

const messageSchema = z.object({ event: z.literal('notification'), payload: z.string() });
const payloadSchema = z.object({ id: z.string() });

/** The WebSocket half of the proxy: relays a stream and loses, doubles, delays and silences it. */
export class StreamProxy {
  /** Ids of notifications that are not listed yet. */
  readonly late = new Set<string>();
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #dice: Dice;

  constructor(
    private readonly options: {
      readonly target: string;
      readonly faults: Faults;
      readonly seed: number;
    },
  ) {
    this.#dice = new Dice(options.seed, 'stream');
  }

  upgrade(request: IncomingMessage, socket: Duplex): void {
    const { target, faults } = this.options;
    socket.on('error', () => socket.destroy());
    if (faults.draw('upgrade')) {
      const status = this.#dice.pick('418 I’m a teapot', '502 Bad Gateway');
      return void socket.end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    }
    const far = new WebSocket(target.replace(/^http/, 'ws') + (request.url ?? ''), {
      headers: { Authorization: request.headers.authorization ?? '' },
    });
    far.on('error', () => socket.destroy());
    far.on('open', () => {
      this.#server.handleUpgrade(request, socket, Buffer.alloc(0), (near) =>
        this.#relay(far, near),
      );
    });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#cut();
    for (const near of this.#server.clients) near.terminate();
    this.#server.close();
  }

  #relay(far: WebSocket, near: WebSocket): void {
    const { faults } = this.options;
    let silent = false;
    const cut = () => {
      this.#open.delete(cut);
      near.terminate();
      far.terminate();
    };
    this.#open.add(cut);
    near.on('error', cut).on('close', cut);
    far.on('error', cut).on('close', () => {
      if (!silent) cut();
    });
    far.on('ping', () => {
      if (!silent) near.ping();
    });
    far.on('message', (data: Buffer) => {
      if (silent) return;
      const text = data.toString();
      for (let copies = this.#copies(text); copies > 0; copies--) near.send(text);
    });
    const fate = faults.draw('stream');
    if (fate === 'stream cut') this.#later(this.#dice.between(1000, 8000), cut);
    if (fate === 'half-open stream')
      this.#later(this.#dice.between(1000, 4000), () => {
        silent = true;
        this.#open.delete(cut); // nobody but the bot ends it
        far.terminate();
      });
  }

  /** How often an event is passed on. One that is not is found only by catching up, so the stream ends soon after. */
  #copies(text: string): number {
    const { data: message } = messageSchema.safeParse(JSON.parse(text));
    if (message === undefined) return 1;
    switch (this.options.faults.draw('event')) {
      case 'event doubled':
        return 2;
      case 'event lost':
        this.#later(this.#dice.between(500, 4000), () => this.#cut());
        return 0;
      case 'late with an old id': {
        const { id } = payloadSchema.parse(JSON.parse(message.payload));
        this.late.add(id);
        this.#later(this.#dice.between(3000, 8000), () => {
          this.late.delete(id);
          this.#cut();
        });
        return 0;
      }
      default:
        return 1;
    }
  }

  #cut(): void {
    for (const cut of [...this.#open]) cut();
  }

  #later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
