import { join } from 'node:path';
import type { NamespaceHandle } from '../namespace-handle.ts';
import type { Topology } from '../network/topology.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { Capture } from './capture.ts';
import { planTcpdump, waitUntilListening } from './tcpdump.ts';

const role = (uplink: string): string => `capture-${uplink}`;

function pcapFile(runDir: string, uplink: string): string {
  // The suffix matters: Debian's AppArmor profile lets tcpdump write *.pcap only.
  return join(runDir, `${uplink}.pcap`);
}

/** Starts a capture at the far end of every uplink and waits until each listens. */
export async function startCapture(
  wan: NamespaceHandle,
  topology: Topology,
  runDir: string,
): Promise<Capture> {
  const uplinks = await Promise.all(
    topology.uplinks.map(async (uplink) => {
      const { host } = uplink;
      const file = pcapFile(runDir, host);
      const tcpdump = await wan.spawn('tcpdump', planTcpdump(uplink, file), { role: role(host) });
      await waitUntilListening(tcpdump);
      return { uplink: host, pcapFile: file, tcpdump };
    }),
  );
  return new Capture(uplinks);
}

/** The capture that another process has started; undefined when there is none. */
export function openCapture(
  processes: Readonly<Record<string, ProcessIdentity>>,
  topology: Topology,
  runDir: string,
): Capture | undefined {
  const uplinks = topology.uplinks.flatMap(({ host }) => {
    const identity = processes[role(host)];
    const logFile = join(runDir, `${role(host)}.log`);
    if (identity === undefined) return [];
    return [{ uplink: host, pcapFile: pcapFile(runDir, host), tcpdump: { identity, logFile } }];
  });
  return uplinks.length === topology.uplinks.length ? new Capture(uplinks) : undefined;
}
