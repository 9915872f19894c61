import type { LabContainer } from '@sallyport/lab/docker/container';
import { until, type World } from './world.ts';

/*
 * TCP echo on port 7 (RFC 862) for places that must not be reached. TCP and not UDP: a UDP server
 * on all addresses may answer from another one than was asked, which looks like silence.
 */

const PYTHON = `
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b'%s %d\\n' % (self.client_address[0].encode(), self.client_address[1]))
        while data := self.request.recv(2048):
            self.request.sendall(data)
socketserver.ThreadingTCPServer.allow_reuse_address = True
server = socketserver.ThreadingTCPServer(('', 7), Echo)
print('listening', flush=True)
server.serve_forever()
`;

const NODE = `
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.write(socket.remoteAddress + ' ' + socket.remotePort + '\\n');
  socket.pipe(socket);
});
server.listen(7, '0.0.0.0');
`;

/** A container that echoes; answers its address. */
export async function runEchoContainer(
  world: World,
  name: string,
  network: string,
): Promise<{ readonly container: LabContainer; readonly address: string }> {
  const command = ['python3', '-c', PYTHON];
  const container = await world.lab.runContainer({ name, network, command });
  await until(`${name} listens`, async () => (await container.logs()).includes('listening'));
  return { container, address: await container.address() };
}

/** The host itself echoes on every address it has. It ends with the lab. */
export async function startHostEcho(world: World): Promise<void> {
  await world.lab.host.spawn(process.execPath, ['-e', NODE], { role: 'host-echo' });
  await until('the host listens', async () =>
    (await world.host('ss', '-H', '-t', '-l', '-n')).includes(':7 '),
  );
}
