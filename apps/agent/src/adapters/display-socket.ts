import { connect } from 'node:net';
import type { ConnectDisplay } from '../ports/display.ts';

const TIMEOUT_MS = 5_000;
/** A container whose namespace is gone never answers: found within a few minutes also without an event. */
const KEEP_ALIVE_MS = 30_000;

/** See {@link file://../ports/display.ts}. */
export const connectDisplay: ConnectDisplay = ({ address, port }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`));
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
