import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '@sallyport/lab/lab';

/** The machine beyond, as the generators ask it. */
const SERVER = '198.51.100.10';
const HTTP_PORT = 8000;
/** Short enough that 64,512 ports for one destination are not used up (RFC 6056 counts them so). */
const CONNECTIONS_S = 2;
const BULK_S = 3;

/** A server of empty pages in the machine beyond. */
export async function startHttp(lab: Lab): Promise<void> {
  const directory = lab.layout.runDir;
  const config = join(directory, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events { worker_connections 4096; }
http { access_log off; keepalive_timeout 0; server { listen ${HTTP_PORT} backlog=4096; location / { return 200 "ok"; } } }
`,
  );
  await lab.wan.spawn('nginx', ['-c', config, '-e', join(directory, 'nginx.log')], {
    role: 'nginx',
  });
}

export async function startIperf(lab: Lab): Promise<void> {
  await lab.wan.spawn('iperf3', ['--server'], { role: 'iperf3' });
}

/** New connections a second from inside a container; conntrack is empty at the start. */
export async function connectionRate(lab: Lab, container: string): Promise<number> {
  await lab.host.exec('conntrack', ['-F']);
  const load = ['-t1', '-c16', `-d${CONNECTIONS_S}s`, '-H', 'Connection: close'];
  const output = await inside(lab, container, ['wrk', ...load, `http://${SERVER}:${HTTP_PORT}/`]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  if (!(rate > 0)) throw new Error(`wrk measured nothing: ${output}`);
  return rate;
}

/** Bits a second of one bulk stream out of a container. */
export async function bulkRate(lab: Lab, container: string): Promise<number> {
  const output = await inside(lab, container, ['iperf3', '-c', SERVER, '-t', String(BULK_S), '-J']);
  const { end } = JSON.parse(output) as {
    readonly end: { readonly sum_received: { readonly bits_per_second: number } };
  };
  return end.sum_received.bits_per_second;
}

/** Runs a program of this machine in a container's network namespace. */
async function inside(lab: Lab, container: string, command: readonly string[]): Promise<string> {
  const { stdout } = await lab.docker(['inspect', '--format', '{{.State.Pid}}', container]);
  const options = { timeoutMs: 60_000 };
  return (
    await lab.host.exec('nsenter', [`--net=/proc/${stdout.trim()}/ns/net`, ...command], options)
  ).stdout;
}
