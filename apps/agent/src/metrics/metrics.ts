import type { CountersView, PortUse } from '@sallyport/contract/counters';
import type { Verification } from '@sallyport/contract/verify';
import { NETWORK_STATES } from '@sallyport/core/network';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NftCounters } from '../ports/nft.ts';
import type { Sysctl } from '../ports/host.ts';
import type { RunReport } from '../reconcile/reconciler.ts';

interface MetricsOptions {
  readonly version: string;
  readonly drops: () => Promise<NftCounters>;
  readonly sysctl: Pick<Sysctl, 'read'>;
  readonly counters: () => Promise<CountersView>;
}

/** What the agent tells in the text format of Prometheus. */
export interface Metrics {
  /** A look at the host has ended. */
  publish(report: RunReport): void;
  /** Networks have been verified. */
  verified(results: readonly Verification[]): void;
  /** All of it, as of now. Throws where the host can't be asked. */
  text(): Promise<string>;
}

/** Seconds. From a look that reads one thing of few networks to one that mends 1,000. */
const LOOK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics({ version, drops, sysctl, counters }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'sallyport_agent_info',
    help: 'Always 1; the version is a label',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const networks = new Gauge({
    name: 'sallyport_networks',
    help: 'Networks by state',
    labelNames: ['state'],
    registers,
  });
  const reconciles = new Histogram({
    name: 'sallyport_reconcile_seconds',
    help: 'Looks at the host, with what was done about it',
    buckets: LOOK_BUCKETS,
    registers,
  });
  const repairs = new Histogram({
    name: 'sallyport_repair_seconds',
    help: 'Looks that mended something that nobody had asked to change',
    buckets: LOOK_BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: 'sallyport_step_failures_total',
    help: 'Steps that the host or Docker refused',
    labelNames: ['kind'],
    registers,
  });
  const verifications = new Gauge({
    name: 'sallyport_verification_ok',
    help: 'Last verification: 1 as it should be, 0 not',
    labelNames: ['network', 'protocol', 'echo'],
    registers,
  });
  registry.registerMetric(
    new Counter({
      name: 'sallyport_dropped_packets_total',
      help: 'Packets that the guard has dropped, by reason',
      labelNames: ['reason'],
      registers: [],
      async collect() {
        this.reset();
        for (const [name, { packets }] of Object.entries(await drops()))
          this.inc({ reason: name.replace(/^drop_/, '') }, packets);
      },
    }),
  );
  const conntrack = {
    entries: 'netfilter/nf_conntrack_count',
    limit: 'netfilter/nf_conntrack_max',
  };
  for (const [what, path] of Object.entries(conntrack)) {
    registry.registerMetric(
      new Gauge({
        name: `sallyport_conntrack_${what}`,
        help: `net.${path.replace('/', '.')}`,
        registers: [],
        async collect() {
          this.set(Number(await sysctl.read(path)));
        },
      }),
    );
  }
  let counting = Promise.resolve<Pick<CountersView, 'ports'>>({ ports: [] });
  const ports = {
    used: ['Ports in use towards the busiest destination', ({ used }: PortUse) => used],
    limit: ['How many ports there are for that destination', ({ of }: PortUse) => of],
  } as const;
  for (const [what, [help, figure]] of Object.entries(ports)) {
    registry.registerMetric(
      new Gauge({
        name: `sallyport_egress_ports_${what}`,
        help,
        labelNames: ['address', 'protocol'],
        registers: [],
        async collect() {
          this.reset();
          for (const use of (await counting).ports)
            this.set({ address: use.address, protocol: use.protocol }, figure(use));
        },
      }),
    );
  }
  return {
    publish({ statuses, durationMs, repaired, failures: failed }) {
      for (const state of NETWORK_STATES) networks.set({ state }, 0);
      for (const { state } of statuses.values()) networks.inc({ state });
      reconciles.observe(durationMs / 1_000);
      if (repaired) repairs.observe(durationMs / 1_000);
      for (const { step } of failed) failures.inc({ kind: step.kind });
    },
    verified(results) {
      for (const { network, protocol, echo, ok } of results)
        verifications.set({ network, protocol, echo }, ok ? 1 : 0);
    },
    text: () => {
      // One look at all flows for whatever is told of them.
      counting = counters();
      counting.catch(() => undefined);
      return registry.metrics();
    },
  };
}
