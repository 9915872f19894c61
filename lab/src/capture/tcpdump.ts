import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UplinkPlan } from '../network/topology.ts';
import { isAlive, type ProcessIdentity } from '../process/identity.ts';
import { signalProcess } from '../process/terminate.ts';

/** Bytes of a packet that are kept: every header and a tag at the front of the payload. */
const SNAPLEN = 160;
/** KiB of kernel buffer, so that a burst is not lost on a busy machine. */
const BUFFER_KIB = 32_768;

/**
 * The arguments of tcpdump for one uplink: every frame that is not the wan's own.
 *
 * Not `-Q in`: it counts frames first and drops them later, so that "received by
 * filter" could not be compared with "captured" (see `isFlushed`). Not the filter
 * `inbound` either: libpcap applies the filter itself to what is in the ring when
 * it sets it, and there `inbound` fits nothing: the first packet was lost.
 */
export function planTcpdump(
  { wan, wanMac }: Pick<UplinkPlan, 'wan' | 'wanMac'>,
  file: string,
): readonly string[] {
  const buffering = ['--immediate-mode', '-U', '-B', String(BUFFER_KIB)];
  // -Z root: tcpdump would give up its rights and then be unable to write the file.
  const output = ['-Z', 'root', '-n', '-s', String(SNAPLEN), '-w', file];
  return ['-i', wan, ...buffering, ...output, `not ether src ${wanMac}`];
}

/** What tcpdump says about itself on SIGUSR1. */
export interface CaptureStatistics {
  /** Packets written to the file. */
  readonly captured: number;
  /** Packets that the kernel handed over or dropped. */
  readonly received: number;
  /** Packets that the kernel dropped because the buffer was full. */
  readonly dropped: number;
}

/** Every report in tcpdump's log, oldest first. */
export function parseStatistics(log: string): readonly CaptureStatistics[] {
  const reports = log.matchAll(
    /(\d+) packets? captured, (\d+) packets? received by filter, (\d+) packets? dropped by kernel/g,
  );
  return [...reports].map(([, captured, received, dropped]) => ({
    captured: Number(captured),
    received: Number(received),
    dropped: Number(dropped),
  }));
}

/** A running tcpdump. */
export interface TcpdumpProcess {
  readonly identity: ProcessIdentity;
  readonly logFile: string;
}

async function poll<T>(timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('the capture gives no sign');
    await sleep(5);
  }
}

/** Asks tcpdump for a report and returns all that it has given so far, the new one last. */
async function askForReport({
  identity,
  logFile,
}: TcpdumpProcess): Promise<readonly CaptureStatistics[]> {
  const before = parseStatistics(await readFile(logFile, 'utf8')).length;
  if (!signalProcess(identity, 'SIGUSR1')) {
    throw new Error(`tcpdump has ended: ${await readFile(logFile, 'utf8')}`);
  }
  return poll(5000, async () => {
    const reports = parseStatistics(await readFile(logFile, 'utf8'));
    return reports.length > before ? reports : undefined;
  });
}

/** Packets that the kernel has handed over and that are not in the file. */
function gap({ captured, received, dropped }: CaptureStatistics): number {
  return received - dropped - captured;
}

/**
 * True when the last report found every packet in the file.
 *
 * The gap is never below a small constant: packets that came between the opening
 * of the socket and the setting of the filter are counted as received, and the
 * filter rejects them later. That constant is the smallest gap ever reported,
 * and `waitUntilListening` has asked while nobody sends.
 */
export function isFlushed(reports: readonly CaptureStatistics[]): boolean {
  const last = reports.at(-1);
  return last !== undefined && gap(last) <= Math.min(...reports.map(gap));
}

/**
 * Waits until tcpdump listens. Before that a SIGUSR1 would end it.
 *
 * @throws Error with its words when it ends instead.
 */
export async function waitUntilListening(tcpdump: TcpdumpProcess): Promise<void> {
  await poll(10_000, async () => {
    const log = await readFile(tcpdump.logFile, 'utf8').catch(() => '');
    if (log.includes('listening on ')) return true;
    if (!isAlive(tcpdump.identity)) throw new Error(`tcpdump ended: ${log}`);
    return undefined;
  });
  for (let i = 0; i < 3; i += 1) await askForReport(tcpdump);
}

/**
 * A barrier: waits until every packet that the kernel has handed over by now is
 * in the file. tcpdump reports only between two packets and flushes after each,
 * so that the counts tell; no marker on the wire is needed.
 *
 * @throws Error when the capture has ended, as then it proves nothing.
 */
export function flushCapture(tcpdump: TcpdumpProcess): Promise<CaptureStatistics> {
  return poll(10_000, async () => {
    const reports = await askForReport(tcpdump);
    return isFlushed(reports) ? reports.at(-1) : undefined;
  });
}
