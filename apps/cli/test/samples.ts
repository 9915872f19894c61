import type { Document } from '@sallyport/contract/document';
import type { AgentEvent, Finding, HostView } from '@sallyport/contract/host';
import type { Adoptable, NetworkView } from '@sallyport/contract/network';
import type { Violation } from '@sallyport/contract/violations';
import type { Verification } from '@sallyport/contract/verify';
import { parseInput } from '@sallyport/contract/parse';
import { documentSchema } from '@sallyport/contract/document';

/** A small host after the guide: two uplinks, three addresses, two networks. */
const CREATED_AT = Date.UTC(2026, 10, 23, 12, 0, 0);

export const networkA: NetworkView = {
  id: '019a0000-0000-7000-8000-00000000000a',
  name: 'z_custom_a',
  subnet: '172.19.0.0/24',
  subnet6: null,
  bridge: 'z_custom_a',
  egress: { ipv4: ['192.168.4.153'], ipv6: [] },
  route: 'uplink',
  gateway: null,
  gateway6: null,
  uplink: 'enp0s3',
  nextHop: '192.168.4.1',
  uplink6: null,
  nextHop6: null,
  dns: ['9.9.9.9'],
  bandwidth: { upload: null, download: null },
  destinations: { preset: 'lan-allowed', allow: [], deny: [], hostServices: [] },
  fallback: [],
  leaving: null,
  assign: 'shared',
  onChange: 'reset',
  strict: false,
  origin: 'created',
  state: 'Ready',
  reason: 'packets leave as 192.168.4.153 through enp0s3',
  remedy: '',
  conditions: [
    { type: 'AddressOnHost', ok: true, message: '192.168.4.153 is on enp0s3', remedy: '' },
    { type: 'GatewayKnown', ok: true, message: '192.168.4.1 is the next hop', remedy: '' },
  ],
  createdAt: CREATED_AT,
};

export const networkB: NetworkView = {
  ...networkA,
  id: '019a0000-0000-7000-8000-00000000000b',
  name: 'z_custom_b',
  subnet: '172.19.1.0/24',
  subnet6: null,
  bridge: 'z_custom_b',
  egress: { ipv4: ['192.168.56.103'], ipv6: [] },
  gateway: '192.168.56.1',
  gateway6: null,
  uplink: null,
  nextHop: null,
  uplink6: null,
  nextHop6: null,
  dns: [],
  origin: 'adopted',
  state: 'Blocked',
  reason: 'no interface of the host has 192.168.56.103',
  remedy: 'Add the address: ip address add 192.168.56.103/24 dev enp0s8',
  conditions: [
    {
      type: 'AddressOnHost',
      ok: false,
      message: 'no interface has 192.168.56.103',
      remedy: 'ip address add 192.168.56.103/24 dev enp0s8',
    },
  ],
};

export const hostView: HostView = {
  interfaces: [
    {
      name: 'enp0s3',
      role: 'uplink',
      up: true,
      mtu: 1500,
      gateways: ['192.168.4.1'],
      addresses: [
        hostAddress('192.168.4.53', 22),
        { ...hostAddress('192.168.4.153', 24), networks: ['z_custom_a'] },
        {
          ...hostAddress('fe80::1', 64),
          family: 'ipv6',
          egress: false,
          reason: 'IPv6 egress is not supported yet',
        },
      ],
    },
    { name: 'enp0s8', role: 'uplink', up: false, mtu: 1500, gateways: [], addresses: [] },
    {
      name: 'docker0',
      role: 'docker-bridge',
      up: true,
      mtu: 1500,
      gateways: [],
      addresses: [
        { ...hostAddress('172.17.0.1', 16), egress: false, reason: 'is on a bridge of Docker' },
      ],
    },
  ],
  pool: { prefix: '172.19.0.0/16', size: 24, capacity: 256, used: 2 },
  kernel: '6.1.0-28-amd64',
  docker: { version: '20.10.24', apiVersion: '1.41' },
  drops: { forged: { packets: 3, bytes: 180 }, guard: { packets: 0, bytes: 0 } },
  agent: {
    version: '0.1.0',
    startedAt: CREATED_AT,
    stateDir: '/var/lib/sallyport',
    lastReconcile: { at: CREATED_AT, durationMs: 12.4, reasons: ['timer'], steps: 0, errors: [] },
  },
};

function hostAddress(address: string, prefix: number) {
  return { address, prefix, family: 'ipv4' as const, egress: true, reason: '', networks: [] };
}

export const adoptable: readonly Adoptable[] = [
  {
    name: 'by_hand',
    subnet: '172.30.0.0/16',
    bridge: 'br-0123456789ab',
    egressIp: '192.168.4.153',
    rules: ['-A POSTROUTING -s 172.30.0.0/16 -j SNAT --to-source 192.168.4.153'],
    obstacle: null,
  },
  {
    name: 'overlay',
    subnet: '10.0.9.0/24',
    bridge: '',
    egressIp: null,
    rules: [],
    obstacle: 'its driver is overlay, not bridge',
  },
];

export const verifications: readonly Verification[] = [
  {
    network: 'z_custom_a',
    protocol: 'tcp',
    echo: 'http://192.0.2.80/',
    expected: '192.168.4.153',
    observed: '192.168.4.153',
    ok: true,
    reason: 'http://192.0.2.80/ saw 192.168.4.153',
    durationMs: 12,
  },
  {
    network: 'z_custom_b',
    protocol: 'udp',
    echo: 'stun://192.0.2.80:3478',
    expected: '192.168.56.103',
    observed: null,
    ok: false,
    reason: 'no answer within 5 s',
    durationMs: 5000,
  },
];

export const violations: readonly Violation[] = [
  {
    kind: 'other-network',
    network: 'z_custom_b',
    container: { id: 'c0ffee', name: 'desk-1' },
    message:
      'desk-1 is on bridge as well, which is no egress network: what it sends by that one leaves by another address',
    remedy: 'docker network disconnect bridge desk-1',
    blocked: true,
    since: CREATED_AT,
  },
  {
    kind: 'own-link',
    network: null,
    container: { id: 'decaf', name: 'cam' },
    message:
      'cam is on enp0s3 itself, by the macvlan network lan: what it sends passes no rule of this host',
    remedy: 'docker network disconnect lan cam',
    blocked: false,
    since: CREATED_AT + 1500,
  },
];

export const findings: readonly Finding[] = [
  { check: 'kernel', level: 'ok', message: 'Linux 6.1 has all that is needed', remedy: '' },
  {
    check: 'rp-filter',
    level: 'warning',
    message: 'enp0s8 has strict reverse-path filtering',
    remedy: 'Set it to loose: sysctl -w net.ipv4.conf.enp0s8.rp_filter=2',
  },
  {
    check: 'docker',
    level: 'error',
    message: 'Docker does not answer',
    remedy: 'Start it: systemctl start docker',
  },
];

export const events: readonly AgentEvent[] = [
  {
    id: '019a0000-0000-7000-8000-000000000001',
    at: CREATED_AT,
    kind: 'network.created',
    network: 'z_custom_a',
    message: 'z_custom_a leaves by 192.168.4.153',
    reason: 'API',
    actor: 'alice',
  },
  {
    id: '019a0000-0000-7000-8000-000000000002',
    at: CREATED_AT + 1500,
    kind: 'repair',
    network: null,
    message: 'the table was loaded again',
    reason: 'nft monitor',
    actor: null,
  },
];

export const document: Document = parseInput(documentSchema, {
  networks: [
    { name: 'z_custom_a', egress: { ipv4: '192.168.4.153' }, subnet: '172.19.0.0/24', dns: [] },
    { name: 'z_custom_b', egress: { ipv4: '192.168.56.103' }, gateway: '192.168.56.1' },
  ],
});

export const DOCUMENT_TEXT = `networks:
  - name: z_custom_a
    egress: { ipv4: 192.168.4.153 }
  - name: z_custom_b
    egress: { ipv4: [192.168.56.103] }
    gateway: 192.168.56.1
`;
