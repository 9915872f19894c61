import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ORIGIN } from './gateway-stage.ts';

/** How an attempt to open a desktop went. */
export type Outcome = { readonly open: WebSocket } | { readonly status: number };

const received = new WeakMap<WebSocket, Buffer[]>();

/** A browser that opens a desktop, as a page of the given origin would. */
export async function openDesktop(
  url: string,
  protocols: string[],
  origin: string | undefined = ORIGIN,
): Promise<Outcome> {
  const socket = new WebSocket(url, protocols, {
    perMessageDeflate: false,
    ...(origin === '' ? {} : { origin }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  // From the beginning: the gateway greets before anybody can ask for its words.
  const chunks: Buffer[] = [];
  received.set(socket, chunks);
  socket.on('message', (data) => chunks.push(data as Buffer));
  socket.once('open', () => resolve({ open: socket }));
  socket.once('unexpected-response', (_, response) => {
    resolve({ status: response.statusCode ?? 0 });
    socket.on('error', () => undefined);
    socket.terminate();
  });
  socket.once('error', reject);
  return promise;
}

/** RFB's handshake from the browser's side. @returns what comes afterwards, as it grows */
export async function greetAs(browser: WebSocket): Promise<{ readonly bytes: () => Buffer }> {
  const bytes = (): Buffer => Buffer.concat(received.get(browser) ?? []);
  browser.send(Buffer.from('RFB 003.008\n'));
  browser.send(Buffer.from([1]));
  browser.send(Buffer.from([1]));
  const handshake = 12 + 2 + 4;
  while (bytes().length < handshake) {
    // oxlint-disable-next-line no-await-in-loop -- until enough has come
    await once(browser, 'message');
  }
  return { bytes: () => bytes().subarray(handshake) };
}

/** The code with which a connection is closed from the other side. */
export async function closeCode(browser: WebSocket): Promise<number> {
  const [code] = (await once(browser, 'close')) as [number];
  return code;
}
