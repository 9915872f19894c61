import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What there is without any platform: `docker run`, and then a viewer that tries until the display greets.
 * Arguments: the address that the container is given, the port of its display, and the arguments of
 * `docker`. Prints the milliseconds. A program of its own, since it runs in the lab's host.
 */
const [address = '', port = '', ...command] = process.argv.slice(2);
const TRY_AGAIN_MS = 2;
const TIMEOUT_MS = 60_000;

async function greets(): Promise<boolean> {
  const socket = connect({ host: address, port: Number(port) });
  socket.on('error', () => undefined);
  const greeting = once(socket, 'data').then(
    ([bytes]) => String(bytes).startsWith('RFB 003.008'),
    () => false,
  );
  const end = once(socket, 'close').then(() => false);
  const found = await Promise.race([greeting, end]);
  socket.destroy();
  return found;
}

const began = performance.now();
const docker = spawn('docker', command, { stdio: ['ignore', 'ignore', 'inherit'] });
// Not before: the kernel asks once a second for the address of somebody who is not there yet (arp(7)).
await once(docker, 'exit');
while (!(await greets())) {
  if (performance.now() - began > TIMEOUT_MS) throw new Error(`nobody greets at ${address}`);
  await sleep(TRY_AGAIN_MS);
}
console.log(performance.now() - began);
