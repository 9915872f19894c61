import type { CountersView } from '@sallyport/contract/counters';
import type { LeaseView } from '@sallyport/contract/leases';
import type { FlowAnswer, FlowEntry } from '@sallyport/contract/flows';

const AT = Date.UTC(2026, 0, 31, 12, 3, 5);

const flow: FlowEntry = {
  startedAt: AT,
  seenAt: AT,
  endedAt: AT + 1500,
  endedBefore: null,
  protocol: 'tcp',
  source: { address: '172.19.0.2', port: 34567 },
  destination: { address: '198.51.100.10', port: 443 },
  leaving: { address: '192.168.4.153', port: 34567 },
  answering: { address: '198.51.100.10', port: 443 },
  network: 'z_custom_a',
  container: { id: 'c0ffee00000000000000', name: 'alpha' },
  sent: { packets: 5, bytes: 320 },
  received: { packets: 4, bytes: 4_000 },
};

export const flowAnswer: FlowAnswer = {
  flows: [
    flow,
    { ...flow, startedAt: null, endedAt: null, container: null, sent: null, received: null },
    { ...flow, endedAt: null, endedBefore: AT + 2_000 },
  ],
  gaps: [{ at: AT + 2_000, reason: 'the agent began to watch' }],
};

const traffic = {
  sent: { packets: 5, bytes: 320 },
  received: { packets: 4, bytes: 4_000 },
  flows: 1,
};

export const countersOf: CountersView = {
  since: AT,
  networks: [
    {
      network: 'z_custom_a',
      ...traffic,
      containers: [{ id: 'c0ffee', name: 'alpha', ...traffic }],
    },
  ],
  ports: [
    {
      address: '192.168.4.153',
      protocol: 'tcp',
      destination: '198.51.100.10:443',
      used: 60_000,
      of: 64_512,
    },
  ],
  drops: { drop_private: { packets: 3, bytes: 180 }, drop_ipv6: { packets: 0, bytes: 0 } },
};

/** One that runs, and one that has ended and keeps its address. */
export const leasesOf: LeaseView[] = [
  {
    network: 'z_own',
    container: { id: 'c0ffee', name: 'alpha' },
    inside: '10.208.0.2',
    address: '192.168.4.153',
    since: Date.UTC(2026, 0, 2, 3, 4, 5),
    gone: null,
  },
  {
    network: 'z_own',
    container: { id: 'decade', name: 'beta' },
    inside: '10.208.0.3',
    address: '192.168.4.154',
    since: Date.UTC(2026, 0, 2, 3, 4, 6),
    gone: Date.UTC(2026, 0, 2, 4, 0, 0),
  },
];
