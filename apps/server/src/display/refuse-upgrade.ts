import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Statuses of an upgrade that is refused: how, who, what, not now, and nothing behind it. */
export type RefusalStatus = 400 | 401 | 403 | 409 | 429 | 502;

/** Refuses a WebSocket before it is one. Says no more than the status: nobody reads a body here. */
export function refuseUpgrade(socket: Duplex, status: RefusalStatus): void {
  if (socket.destroyed) return;
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
