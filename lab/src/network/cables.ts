import { setTimeout as sleep } from 'node:timers/promises';
import type { LabLayout } from '../layout.ts';
import { run } from '../process/run.ts';
import { addNamespaces, runIpBatch, setSysctls } from './namespaces.ts';
import { renderHostBatch, renderWanBatch, type Topology } from './topology.ts';

/** Loose reverse-path filtering: what systemd sets on a usual Debian host. */
const HOST_SYSCTLS = {
  'net.ipv4.conf.all.rp_filter': '2',
  'net.ipv4.conf.default.rp_filter': '2',
};

/** The machine beyond must hear every packet, also one that came by the wrong way. */
const WAN_SYSCTLS = {
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv4.ip_forward': '0',
};

/** Makes both namespaces, the cables between them, addresses and routes. */
export async function layCables(layout: LabLayout, topology: Topology): Promise<void> {
  const { hostNamespace, wanNamespace } = layout;
  await addNamespaces([hostNamespace, wanNamespace]);
  await Promise.all([
    setSysctls(hostNamespace, HOST_SYSCTLS),
    setSysctls(wanNamespace, WAN_SYSCTLS),
  ]);
  await runIpBatch(wanNamespace, renderWanBatch(topology, hostNamespace));
  await runIpBatch(hostNamespace, renderHostBatch(topology));
}

/**
 * Waits until every uplink has a carrier. The kernel looks at carriers once a
 * second (linkwatch), and drops what is sent before.
 */
export async function waitForCarrier(
  namespace: string,
  topology: Topology,
  signal?: AbortSignal,
): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    signal?.throwIfAborted();
    const { stdout } = await run('ip', ['-n', namespace, '-o', 'link', 'show']);
    const up = topology.uplinks.every(({ host }) =>
      stdout.split('\n').some((line) => line.includes(` ${host}@`) && line.includes(' state UP ')),
    );
    if (up) return;
    await sleep(20);
  }
  throw new Error('the cables of the lab get no carrier');
}
