import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { plainAddress, type WanService } from './arrival.ts';
import type { ArrivalLog } from './arrival-log.ts';
import { parseDnsQuestion } from './dns-message.ts';
import { answerDns } from './dns-zone.ts';

const PORT = 53;

interface Asker {
  readonly service: WanService;
  readonly source: string;
  readonly sourcePort: number;
  readonly local: string;
}

function answer(log: ArrivalLog, message: Buffer, asker: Asker): Buffer | undefined {
  try {
    const question = parseDnsQuestion(message);
    log.add({ at: Date.now(), ...asker, localPort: PORT, tag: question.name });
    return answerDns(question, asker.source);
  } catch {
    // Not a question: a server on the open network stays silent.
    return undefined;
  }
}

/** The authoritative server over UDP on one address; logs who asked. */
export function createDnsUdp(log: ArrivalLog, local: string): UdpSocket {
  const socket = createSocket(local.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, { address, port }) => {
    const asker = { service: 'dns-udp', source: address, sourcePort: port, local } as const;
    const reply = answer(log, message, asker);
    if (reply !== undefined) socket.send(reply, port, address);
  });
  return socket;
}

/** Takes messages with their two bytes of length (RFC 1035, 4.2.2) off the front of a buffer. */
function takeMessages(buffer: Buffer): readonly [readonly Buffer[], Buffer] {
  const messages: Buffer[] = [];
  let rest = buffer;
  while (rest.length >= 2) {
    const end = 2 + rest.readUInt16BE(0);
    if (rest.length < end) break;
    messages.push(rest.subarray(2, end));
    rest = rest.subarray(end);
  }
  return [messages, rest];
}

function serveTcp(log: ArrivalLog, socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  const asker = {
    service: 'dns-tcp',
    source: plainAddress(socket.remoteAddress),
    sourcePort: socket.remotePort ?? 0,
    local: plainAddress(socket.localAddress),
  } as const;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const [messages, left] = takeMessages(Buffer.concat([rest, chunk]));
    rest = left;
    for (const message of messages) {
      const reply = answer(log, message, asker);
      if (reply === undefined) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    }
  });
}

/** The authoritative server over TCP; logs who asked. */
export function createDnsTcp(log: ArrivalLog): Server {
  return createServer((socket) => {
    serveTcp(log, socket);
  });
}
