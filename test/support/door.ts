import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Door {
  readonly url: string;
  /** Ends every connection and takes no new one. */
  readonly shut: () => void;
  readonly open: () => void;
  /**
   * Requests that begin like this get stuck in it, with all that follows them on their connection, until it is opened.
   * Settles when one has.
   */
  readonly jam: (request: string) => Promise<void>;
  /** Requests that begin like this end their connection instead of getting through, until it is opened. */
  readonly cut: (request: string) => void;
}

/** A way to a server through a port of its own, which can be shut as if the network had gone. */
export async function doorTo(url: string): Promise<Door> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let isOpen = true;
  let trouble: { readonly request: string; readonly stop: () => 'stuck' | 'cut' } | undefined;
  const server = createServer((near) => {
    if (!isOpen) return void near.destroy();
    const far = connect(Number(port), hostname);
    let isStuck = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (!isStuck) near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk: Buffer) => {
      if (trouble && chunk.includes(trouble.request)) {
        if (trouble.stop() === 'cut') return void near.destroy();
        isStuck = true;
        far.unpipe(near); // or the server's patience would end the connection
      }
      if (!isStuck) far.write(chunk);
    });
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    shut();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut,
    open: () => {
      isOpen = true;
      trouble = undefined;
    },
    jam: (request) =>
      new Promise((resolve) => {
        const stop = () => {
          resolve();
          return 'stuck' as const;
        };
        trouble = { request, stop };
      }),
    cut: (request) => void (trouble = { request, stop: () => 'cut' }),
  };
}
