import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { splice } from '../../src/sessions/splice.ts';

/**
 * The hop of the agent's tunnel as a program of its own, to be measured: from a unix socket (first argument) to a
 * display (second: a port of loopback, or the path of a socket), joined as the agent joins them.
 */
const [from = '', to = ''] = process.argv.slice(2);

async function dial(): Promise<Socket> {
  const options = { allowHalfOpen: true, noDelay: true };
  const display = /^\d+$/.test(to)
    ? connect({ ...options, host: '127.0.0.1', port: Number(to) })
    : connect({ ...options, path: to });
  await once(display, 'connect');
  return display;
}

createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
  client.on('error', () => undefined);
  dial().then(
    (display) => splice(client, display),
    () => client.destroy(),
  );
}).listen(from, () => console.log('ready'));
