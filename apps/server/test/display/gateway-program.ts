import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { DisplayGateway } from '../../src/display/gateway.ts';
import { IdleClock } from '../../src/display/idle-clock.ts';
import { DisplayTickets } from '../../src/display/tickets.ts';

/**
 * The gateway as a program of its own, to be measured: everybody is admitted who fetches a ticket, to the
 * session that is the path's name.
 * Its arguments are the unix socket that leads to a display without a password, and the origins of pages
 * beside http://localhost. Prints its port.
 */
const [tunnel = '', ...pages] = process.argv.slice(2);
const RIGHTS = { control: true, clipboardIn: true, clipboardOut: true };
const OWNER = { userId: 'bench', signInId: undefined, shareId: undefined };

const tickets = new DisplayTickets({ now: Date.now, randomBytes });
const gateway = new DisplayGateway({
  tickets,
  origins: () => ['http://localhost', ...pages],
  admit: async () => RIGHTS,
  connect: async (_, signal) => {
    const stream = connect(tunnel);
    await once(stream, 'connect', { signal });
    return { stream, password: undefined };
  },
  idle: new IdleClock(Date.now),
  onFailure: (_, error) => console.error(error),
});
const server = createServer(({ url = '' }, response) => {
  response.end(tickets.issue({ ...OWNER, sessionId: url, rights: RIGHTS }));
});
server.on('upgrade', (request, socket, head) => {
  void gateway.handleUpgrade({ request, socket, head, sessionId: request.url ?? '' });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log((server.address() as AddressInfo).port);
