import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { StreamEnd } from './case.js';

const messageSchema = z.object({ event: z.literal('notification'), payload: z.string() });

/** The WebSocket half of the relay. */
export class StreamRelay {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #ends = new Set<StreamEnd>();
  #upgrade: ((socket: Duplex) => void) | undefined;

  constructor(
    private readonly target: string,
    private readonly disguised: (notification: unknown) => unknown,
  ) {}

  upgrade(request: IncomingMessage, socket: Duplex): void {
    socket.on('error', () => socket.destroy());
    const hostile = this.#upgrade;
    this.#upgrade = undefined;
    if (hostile) {
      hostile(socket);
      return;
    }
    const far = new WebSocket(this.target.replace(/^http/, 'ws') + (request.url ?? ''), {
      headers: { Authorization: request.headers.authorization ?? '' },
    });
    far.on('error', () => socket.destroy());
    far.on('open', () => {
      this.#server.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) =>
        this.#relay(far, { webSocket, socket }),
      );
    });
  }

  /** Ends the bot's stream; it will come again. */
  cut(): void {
    for (const { webSocket } of this.#ends) webSocket.terminate();
  }

  /** Waits until the bot has a stream. */
  async connected(): Promise<void> {
    while (this.#ends.size === 0) await sleep(50);
  }

  /** Does something to the bot's stream, as soon as it has one. */
  async play(act: (end: StreamEnd) => void): Promise<void> {
    await this.connected();
    for (const end of this.#ends) act(end);
  }

  /** Cuts the stream and answers the next attempt at one. */
  async answerUpgrade(hostile: (socket: Duplex) => void): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#upgrade = (socket) => {
        hostile(socket);
        resolve();
      };
    });
    this.cut();
    await answered;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #relay(far: WebSocket, end: StreamEnd): void {
    const { webSocket: near } = end;
    this.#ends.add(end);
    const cut = () => {
      this.#ends.delete(end);
      near.terminate();
      far.terminate();
    };
    near.on('error', cut).on('close', cut);
    far.on('error', cut).on('close', cut);
    far.on('ping', () => near.ping());
    far.on('message', (data: Buffer) => {
      const text = data.toString();
      const { data: message } = messageSchema.safeParse(JSON.parse(text));
      if (message === undefined) {
        near.send(text);
        return;
      }
      const payload = JSON.stringify(this.disguised(JSON.parse(message.payload)));
      near.send(JSON.stringify({ event: 'notification', stream: ['user'], payload }));
    });
  }
}
