import { Resolver } from 'node:dns/promises';
import dgram from 'node:dgram';
import net from 'node:net';
import { type Family, parseIpv6 } from '@sallyport/core/ipv6';
import type { ProbeQuestion } from '../ports/prober.ts';
import { bindingRequest, readMappedAddress } from './stun.ts';

// Read as in adapters/unix-http.ts: an import would load much more than is needed.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** How long one echo service may take; a blocked network answers nothing at all. */
const TIMEOUT_MS = 3_000;
/** More than any echo of an address; keeps a wrong URL from being read to its end. */
const ANSWER_LIMIT = 4_096;

/** Asks one echo service; answers the address that it saw, of the family. @throws Error with a sentence */
export async function askEcho(question: ProbeQuestion): Promise<string> {
  const url = new URL(question.echo);
  const { family, dns } = question;
  if (url.protocol === 'dns:') return askDns(url, question);
  const host = await resolveHost(url.hostname, { family, dns });
  const read = (answer: Buffer) => findAddress(answer, family);
  switch (url.protocol) {
    case 'http:':
      return askHttp(url, { host, read, get: http.get });
    case 'https:':
      return askHttp(url, { host, read, get: https.get });
    case 'tcp:':
      return askTcp({ host, read, port: Number(url.port) });
    case 'udp:':
      return askUdp({ host, port: Number(url.port), request: GREETING, read });
    default:
      return askStun(host, Number(url.port || STUN_PORT), family);
  }
}

/** Any datagram will do; this one tells the operator of the service what it was. */
const GREETING = Buffer.from('sallyport\n');
/** RFC 8489, section 8. */
const STUN_PORT = 3478;

function askStun(host: string, port: number, family: Family): Promise<string> {
  const request = bindingRequest();
  return askUdp({
    host,
    port,
    request,
    read: (answer) => readMappedAddress(answer, request, family),
  });
}

/** @param host as in a URL: IPv6 addresses in brackets */
async function resolveHost(
  host: string,
  { family, dns }: Pick<ProbeQuestion, 'family' | 'dns'>,
): Promise<string> {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  if (net.isIP(literal) !== 0) return literal;
  const resolver = resolverFor(dns);
  const [address] = await (family === 'ipv4' ? resolver.resolve4(host) : resolver.resolve6(host));
  if (address === undefined) throw new Error(`${host} has no address of this family`);
  return address;
}

/** In the probe's namespace only the network's own name servers can be reached, if any. */
function resolverFor(servers: readonly string[]): Resolver {
  if (servers.length === 0) throw new Error('the network has no name servers; set them with --dns');
  const resolver = new Resolver({ timeout: TIMEOUT_MS / 2, tries: 2 });
  resolver.setServers([...servers]);
  return resolver;
}

async function askDns(url: URL, { dns, family }: ProbeQuestion): Promise<string> {
  const name = decodeURIComponent(url.pathname.slice(1));
  const resolver = resolverFor(url.hostname === '' ? dns : [url.host]);
  if (url.searchParams.get('type')?.toUpperCase() === 'TXT') {
    const answer = (await resolver.resolveTxt(name)).flat().join(' ');
    return findAddress(Buffer.from(answer), family);
  }
  return findAddress(Buffer.from((await resolver.resolve4(name)).join(' ')), 'ipv4');
}

interface Web {
  readonly host: string;
  readonly get: typeof http.get;
  readonly read: (answer: Buffer) => string;
}

function askHttp(url: URL, { host, get, read }: Web): Promise<string> {
  return new Promise((resolve, reject) => {
    const family = net.isIP(host);
    const lookup: net.LookupFunction = (_, options, done) =>
      options.all === true ? done(null, [{ address: host, family }]) : done(null, host, family);
    const request = get(
      url,
      { lookup, timeout: TIMEOUT_MS, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > ANSWER_LIMIT)
            response.destroy(new Error(`${url.href} answers more than an address`));
        });
        response.on('error', reject);
        response.on('end', () => {
          try {
            if (response.statusCode !== 200)
              throw new Error(`${url.href} answered ${response.statusCode}`);
            resolve(read(Buffer.from(body)));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    request.on('error', (error) => reject(explain(error, url.href)));
  });
}

function askTcp({ host, port, read }: Omit<Datagram, 'request'>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({
      host,
      port,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    } as net.NetConnectOpts);
    const what = `tcp://${host}:${port}`;
    let answer = Buffer.alloc(0);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
    socket.on('error', (error) => reject(explain(error, what)));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length > ANSWER_LIMIT)
        socket.destroy(new Error(`${what} answers more than an address`));
      if (!chunk.includes('\n')) return;
      socket.end();
      settle(() => read(answer), resolve, reject);
    });
    socket.on('end', () => settle(() => read(answer), resolve, reject));
  });
}

interface Datagram {
  readonly host: string;
  readonly port: number;
  readonly request: Buffer;
  /** @throws Error when it is no answer */
  readonly read: (answer: Buffer) => string;
}

function askUdp({ host, port, request, read }: Datagram): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket(net.isIPv6(host) ? 'udp6' : 'udp4');
    const send = () => socket.send(request, port, host);
    // A first datagram can be lost while the neighbour is still being resolved.
    const again = setInterval(send, TIMEOUT_MS / 4);
    const finish = (settled: () => void) => {
      clearInterval(again);
      clearTimeout(end);
      socket.removeAllListeners();
      socket.close();
      settled();
    };
    const end = setTimeout(
      () =>
        finish(() =>
          reject(new Error(`udp://${host}:${port} did not answer within ${TIMEOUT_MS / 1000} s`)),
        ),
      TIMEOUT_MS,
    );
    socket.on('error', (error) => finish(() => reject(explain(error, `udp://${host}:${port}`))));
    socket.on('message', (answer) => finish(() => settle(() => read(answer), resolve, reject)));
    send();
  });
}

function settle(
  read: () => string,
  resolve: (value: string) => void,
  reject: (error: Error) => void,
): void {
  try {
    resolve(read());
  } catch (error) {
    reject(error as Error);
  }
}

/** What looks like an address of a family, and what is one. */
const LOOKS = {
  ipv4: { pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g, isOne: net.isIPv4, name: 'IPv4' },
  ipv6: {
    pattern: /(?<![\da-f:])[\da-f:]*:[\da-f:]+(?![\da-f:])/gi,
    isOne: net.isIPv6,
    name: 'IPv6',
  },
} as const;

/** The first address of the family in an answer, plain text and JSON alike; IPv6 in its shortest form. */
export function findAddress(answer: Buffer, family: Family): string {
  const { pattern, isOne, name } = LOOKS[family];
  const found = answer
    .toString('utf8')
    .match(pattern)
    ?.find((part) => isOne(part));
  if (found === undefined) throw new Error(`the answer holds no ${name} address`);
  return family === 'ipv4' ? found : parseIpv6(found);
}

function explain(error: Error, what: string): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (
    error.name === 'AbortError' ||
    error.name === 'TimeoutError' ||
    code === 'ABORT_ERR' ||
    code === 'ETIMEDOUT'
  ) {
    return new Error(`${what} did not answer within ${TIMEOUT_MS / 1000} s`);
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return new Error(`there is no way to ${what} (${code})`);
  if (code === 'ECONNREFUSED') return new Error(`${what} refused the connection`);
  return error;
}
