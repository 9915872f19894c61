import { Resolver } from 'node:dns/promises';
import dgram from 'node:dgram';
import net from 'node:net';
import type { ProbeQuestion } from '../ports/prober.ts';
import { bindingRequest, readMappedAddress } from './stun.ts';

// Read as in adapters/unix-http.ts: an import would load much more than is needed.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** How long one echo service may take; a blocked network answers nothing at all. */
const TIMEOUT_MS = 3_000;
/** More than any echo of an address; keeps a wrong URL from being read to its end. */
const ANSWER_LIMIT = 4_096;

/** Asks one echo service; answers the IPv4 address that it saw. @throws Error with a sentence */
export async function askEcho(question: ProbeQuestion): Promise<string> {
  const url = new URL(question.echo);
  if (url.protocol === 'dns:') return askDns(url, question.dns);
  const host = await resolveHost(url.hostname, question.dns);
  switch (url.protocol) {
    case 'http:':
      return askHttp(url, host, http);
    case 'https:':
      return askHttp(url, host, https);
    case 'tcp:':
      return askTcp(host, Number(url.port));
    case 'udp:':
      return askUdp({ host, port: Number(url.port), request: GREETING, read: findAddress });
    default:
      return askStun(host, Number(url.port || STUN_PORT));
  }
}

/** Any datagram will do; this one tells the operator of the service what it was. */
const GREETING = Buffer.from('sallyport\n');
/** RFC 8489, section 8. */
const STUN_PORT = 3478;

function askStun(host: string, port: number): Promise<string> {
  const request = bindingRequest();
  return askUdp({ host, port, request, read: (answer) => readMappedAddress(answer, request) });
}

async function resolveHost(host: string, dns: readonly string[]): Promise<string> {
  if (net.isIPv4(host)) return host;
  const [address] = await resolverFor(dns).resolve4(host);
  if (address === undefined) throw new Error(`${host} has no IPv4 address`);
  return address;
}

/** In the probe's namespace only the network's own name servers can be reached, if any. */
function resolverFor(servers: readonly string[]): Resolver {
  if (servers.length === 0) throw new Error('the network has no name servers; set them with --dns');
  const resolver = new Resolver({ timeout: TIMEOUT_MS / 2, tries: 2 });
  resolver.setServers([...servers]);
  return resolver;
}

async function askDns(url: URL, dns: readonly string[]): Promise<string> {
  const name = decodeURIComponent(url.pathname.slice(1));
  const resolver = resolverFor(url.hostname === '' ? dns : [url.host]);
  if (url.searchParams.get('type')?.toUpperCase() === 'TXT') {
    return findAddress(Buffer.from((await resolver.resolveTxt(name)).flat().join(' ')));
  }
  return findAddress(Buffer.from((await resolver.resolve4(name)).join(' ')));
}

function askHttp(url: URL, host: string, { get }: Pick<typeof http, 'get'>): Promise<string> {
  return new Promise((resolve, reject) => {
    const lookup: net.LookupFunction = (_, options, done) =>
      options.all === true ? done(null, [{ address: host, family: 4 }]) : done(null, host, 4);
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
            resolve(findAddress(Buffer.from(body)));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    request.on('error', (error) => reject(explain(error, url.href)));
  });
}

function askTcp(host: string, port: number): Promise<string> {
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
      settle(() => findAddress(answer), resolve, reject);
    });
    socket.on('end', () => settle(() => findAddress(answer), resolve, reject));
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
    const socket = dgram.createSocket('udp4');
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

/** The first IPv4 address in an answer, plain text and JSON alike. */
export function findAddress(answer: Buffer): string {
  const text = answer.toString('utf8');
  const found = text
    .match(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g)
    ?.find((part) => net.isIPv4(part));
  if (found === undefined) throw new Error('the answer holds no IPv4 address');
  return found;
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
