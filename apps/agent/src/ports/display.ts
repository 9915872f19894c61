import type { Duplex } from 'node:stream';

/**
 * Connects to the display of a container, from the host. Without Nagle's delay, and each direction may end
 * alone. Rejects with the error of the connection, or when nobody answers in time.
 */
export type ConnectDisplay = (place: {
  readonly address: string;
  readonly port: number;
}) => Promise<Duplex>;
