import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Admission, DisplayGateway } from '../../src/display/gateway.ts';
import { IdleClock } from '../../src/display/idle-clock.ts';
import type { DisplayRights } from '../../src/display/rights.ts';
import { TICKET_PREFIX } from '../../src/display/ticket-protocol.ts';
import { type DisplayGrant, DisplayTickets } from '../../src/display/tickets.ts';
import type { Upstream } from '../../src/display/upstream-handshake.ts';

export const ORIGIN = 'https://desk.example.net';
export const FULL: DisplayRights = { control: true, clipboardIn: true, clipboardOut: true };

export const grantFor = (more: Partial<DisplayGrant> = {}): DisplayGrant => ({
  sessionId: 's1',
  userId: 'u1',
  signInId: 'in1',
  shareId: undefined,
  rights: FULL,
  ...more,
});

/** A gateway behind a real HTTP server on loopback, whose clock and admission a test can move. */
export interface GatewayStage {
  readonly gateway: DisplayGateway;
  readonly clock: { ahead: number };
  readonly world: { admit: (grant: DisplayGrant) => Promise<Admission> };
  readonly failures: unknown[];
  readonly idle: IdleClock;
  /** The address of a session's display. */
  readonly url: (sessionId?: string) => string;
  /** Subprotocols with a fresh ticket. */
  readonly protocols: (grant?: Partial<DisplayGrant>) => string[];
  readonly close: () => Promise<void>;
}

export async function stageGateway(
  connect: (sessionId: string, signal: AbortSignal) => Promise<Upstream>,
): Promise<GatewayStage> {
  const clock = { ahead: 0 };
  const world: GatewayStage['world'] = { admit: async () => FULL };
  const failures: unknown[] = [];
  const idle = new IdleClock(() => Date.now() + clock.ahead);
  const tickets = new DisplayTickets({ now: () => Date.now() + clock.ahead, randomBytes });
  const gateway = new DisplayGateway({
    tickets,
    origins: () => [ORIGIN],
    admit: (grant) => world.admit(grant),
    connect,
    idle,
    onFailure: (_, error) => failures.push(error),
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    const sessionId = (request.url ?? '').slice(1);
    void gateway.handleUpgrade({ request, socket, head, sessionId });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    gateway,
    clock,
    world,
    failures,
    idle,
    url: (sessionId = 's1') => `ws://127.0.0.1:${port}/${sessionId}`,
    protocols: (grant) => ['binary', `${TICKET_PREFIX}${tickets.issue(grantFor(grant))}`],
    close: async () => {
      gateway.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
