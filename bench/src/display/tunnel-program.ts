import { connect, createServer, type Socket } from 'node:net';

/**
 * The hop that the agent's tunnel is: from a unix socket (first argument) to a display (second: a
 * port of loopback, or the path of a socket), by nothing but Node's own pipes.
 */
const [from = '', to = ''] = process.argv.slice(2);

function dial(): Socket {
  return /^\d+$/.test(to) ? connect(Number(to), '127.0.0.1') : connect(to);
}

createServer((near) => {
  const far = dial();
  far.setNoDelay(true);
  near.pipe(far);
  far.pipe(near);
  for (const socket of [near, far]) {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      near.destroy();
      far.destroy();
    });
  }
}).listen(from, () => console.log('ready'));
