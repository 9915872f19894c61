import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Lab } from '@sallyport/lab/lab';

/** A display's bytes, and the password that came with them. */
export interface Tunnel {
  readonly stream: Duplex;
  readonly password: string;
}

/** Asks the agent for the display of a session, as the server does. Rejects with the status of a refusal. */
export function openDisplay(lab: Lab, id: string): Promise<Tunnel> {
  return new Promise((resolve, reject) => {
    const question = request({
      socketPath: lab.layout.agentSocket,
      path: `/v1/sessions/${id}/display`,
      headers: { Connection: 'Upgrade', Upgrade: 'rfb' },
    });
    question.once('upgrade', ({ headers }, stream: Duplex, head: Buffer) => {
      stream.on('error', () => undefined);
      if (head.length > 0) stream.unshift(head);
      resolve({ stream, password: String(headers['sallyport-display-password']) });
    });
    question.once('response', ({ statusCode = 0 }) => reject(new Error(`refused: ${statusCode}`)));
    question.once('error', reject);
    question.end();
  });
}

/**
 * A display for the test image: it greets as an RFB server does. Then it gives back what it gets, or sends
 * without end, by what it is told first.
 */
export const DISPLAY_COMMAND: readonly string[] = [
  'python3',
  '-ISc',
  `
import socket, threading
def serve(s):
    with s:
        s.sendall(b"RFB 003.008\\n")
        first = s.recv(64)
        if first == b"flood":
            while True: s.sendall(bytes(65536))
        while first:
            s.sendall(first)
            first = s.recv(65536)
listener = socket.create_server(("0.0.0.0", 5901))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
`,
];
