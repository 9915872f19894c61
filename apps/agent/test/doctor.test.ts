import type { Finding } from '@sallyport/contract/host';
import { EVERYTHING4 } from '@sallyport/core/cidr4';
import { describe, expect, it } from 'vitest';
import { DoctorService } from '../src/doctor/doctor.ts';
import type { NatRule } from '../src/ports/host.ts';
import { createGuideHost, type FakeHost } from './fakes/fake-host.ts';
import { ABLE } from './fakes/fake-own-process.ts';
import { guideSpec, SPEC_B } from './guide-host.ts';

const NEEDED = { 'ipv4/ip_forward': '1', 'ipv4/conf/all/src_valid_mark': '1' };

/** A host on which the doctor finds nothing wrong. */
function healthyHost(): FakeHost {
  const host = createGuideHost();
  for (const [path, value] of Object.entries({ ...NEEDED, 'bridge/bridge-nf-call-iptables': '1' }))
    host.sysctl.values.set(path, value);
  return host;
}

const doctorOf = (host: FakeHost, specs = [guideSpec(), SPEC_B], lost: string | null = null) =>
  new DoctorService({ ports: host.ports, specs: () => specs, lost: () => lost, own: ABLE });

async function examine(host: FakeHost, specs = [guideSpec(), SPEC_B], lost: string | null = null) {
  return doctorOf(host, specs, lost).examine();
}

/** What is wrong; a check may tell several things. */
const bad = (findings: readonly Finding[]) => [
  ...new Set(
    findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => `${check} ${level}`),
  ),
];

function handMadeRule(source: string, target = 'SNAT'): NatRule {
  const toSource = target === 'SNAT' ? '192.168.4.153' : null;
  return {
    spec: ['POSTROUTING', '-s', source, '-j', target],
    source,
    notOut: null,
    target,
    toSource,
  };
}

it('mentions containers that have the host’s network, as nothing bad', async () => {
  const host = healthyHost();
  host.docker.started.set('node-exporter', { networkMode: 'host' });
  host.docker.started.set('plain', {});
  const findings = (await examine(host)).filter(({ check }) => check === 'host-network');
  expect(findings).toEqual([
    {
      check: 'host-network',
      level: 'ok',
      message:
        'these containers have the host’s network, and leave as the host does: node-exporter',
      remedy: '',
    },
  ]);
});

describe('a healthy host', () => {
  it('has nothing wrong, and each check says what it looked at', async () => {
    const findings = await examine(healthyHost());
    expect(bad(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      'state',
      'state-dir',
      'permissions',
      'nft',
      'docker',
      'docker-chains',
      'forwarding',
      'rp-filter',
      'br-netfilter',
      'nat-rules',
      'overlaps',
    ]);
    expect(findings.every(({ message, remedy }) => message !== '' && remedy === '')).toBe(true);
  });
});

describe('a host with something wrong', () => {
  it.each<[string, (host: FakeHost) => unknown]>([
    ['forwarding error', ({ sysctl }) => sysctl.values.set('ipv4/ip_forward', '0')],
    ['forwarding error', ({ sysctl }) => sysctl.values.delete('ipv4/conf/all/src_valid_mark')],
    [
      'br-netfilter warning',
      ({ sysctl }) => sysctl.values.delete('bridge/bridge-nf-call-iptables'),
    ],
    ['docker error', ({ docker }) => (docker.down = true)],
    ['docker-chains warning', ({ iptables }) => (iptables.dockerUser = null)],
    ['docker-chains warning', ({ iptables }) => iptables.flush()],
    ['nft warning', ({ nft }) => (nft.version = async () => '0.9.8')],
    ['nft error', ({ nft }) => (nft.version = () => Promise.reject(new Error('no nft')))],
    [
      'nft error',
      ({ conntrack }) => (conntrack.version = () => Promise.reject(new Error('no conntrack'))),
    ],
    ['nat-rules warning', ({ iptables }) => (iptables.nat = [handMadeRule('172.16.0.0/12')])],
    [
      'nat-rules warning',
      ({ iptables }) => (iptables.nat = [handMadeRule('172.19.0.9', 'MASQUERADE')]),
    ],
    ['overlaps warning', ({ kernel }) => kernel.addAddress('enp0s8', '172.20.7.1/24')],
  ])('%s', async (finding, spoil) => {
    const host = healthyHost();
    spoil(host);
    const findings = await examine(host);
    expect(bad(findings)).toEqual([finding]);
    expect(findings.find(({ level }) => level !== 'ok')?.remedy).not.toBe('');
  });

  it('names who it is that overlaps, and never the network itself', async () => {
    const host = healthyHost();
    const subnets = ['172.19.128.0/24'];
    const bridge = host.docker.known[0] ?? missing();
    host.docker.addNetwork({ ...bridge, name: 'other', bridge: 'other', subnets, gateway: null });
    const found = (await examine(host)).filter(({ check }) => check === 'overlaps');
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('172.19.128.0/24: the Docker network other');
  });

  it('tells of a state that is lost', async () => {
    const [state] = await examine(healthyHost(), [], 'state.json is not whole JSON');
    expect(state).toMatchObject({
      check: 'state',
      level: 'error',
      message: expect.stringContaining('state.json is not whole JSON') as string,
    });
  });

  it('is not asked to forward before there is a network', async () => {
    const host = healthyHost();
    host.sysctl.values.set('ipv4/ip_forward', '0');
    expect(bad(await examine(host, []))).toEqual([]);
  });
});

describe('reverse-path filtering', () => {
  const strict = (host: FakeHost, device: string, value = '1') =>
    host.sysctl.values.set(`ipv4/conf/${device}/rp_filter`, value);
  const inMain = [guideSpec({ route: 'main' })];

  it('is fine in mode uplink, since the check sees the mark', async () => {
    const host = healthyHost();
    strict(host, 'enp0s8');
    expect(bad(await examine(host))).toEqual([]);
  });

  it('drops replies in mode main, where they come by another uplink than they left', async () => {
    const host = healthyHost();
    strict(host, 'enp0s8');
    const finding = (await examine(host, inMain)).find(({ check }) => check === 'rp-filter');
    expect(finding).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('z_custom_a') as string,
      remedy: 'sysctl -w net/ipv4/conf/enp0s8/rp_filter=2',
    });
  });

  it('is as strict as the larger of `all` and the interface’s own', async () => {
    const host = healthyHost();
    strict(host, 'all');
    expect(bad(await examine(host, inMain))).toEqual(['rp-filter warning']);
    strict(host, 'enp0s8', '2');
    expect(bad(await examine(host, inMain))).toEqual([]);
  });

  it('drops nothing on the uplink of the default route', async () => {
    const host = healthyHost();
    strict(host, 'enp0s3');
    expect(bad(await examine(host, inMain))).toEqual([]);
  });

  it('asks for the route that would be taken, and not for one with a worse metric', async () => {
    const host = healthyHost();
    strict(host, 'enp0s8');
    const [main] = host.kernel.routes().filter(({ destination }) => destination === EVERYTHING4);
    const other = { ...(main ?? missing()), device: 'enp0s8', gateway: '192.168.56.1' };
    host.kernel.putRoute({ ...other, metric: 100 });
    expect(bad(await examine(host, inMain))).toEqual(['rp-filter warning']);
    host.kernel.putRoute(other);
    expect(bad(await examine(host, inMain))).toEqual([]);
  });
});

describe('networks made by hand', () => {
  it('are shown where a rule of their own gives them an address', async () => {
    const host = healthyHost();
    host.docker.addNetwork({
      ...(host.docker.known[0] ?? missing()),
      name: 'z_hand',
      bridge: 'z_hand',
      subnets: ['172.30.0.0/16'],
      gateway: '172.30.0.1',
    });
    expect(bad(await examine(host))).toEqual([]);
    host.iptables.nat = [handMadeRule('172.30.0.0/16')];
    const findings = await examine(host);
    expect(bad(findings)).toEqual(['made-by-hand warning']);
    expect(findings.at(-1)?.remedy).toBe(
      'sallyport network adopt z_hand --egress-ip 192.168.4.153',
    );
  });
});

function missing(): never {
  throw new Error('the guide’s host has a network');
}

describe('before there is any network', () => {
  it('tells only what would keep the agent from working', async () => {
    const host = healthyHost();
    host.sysctl.values.set('ipv4/ip_forward', '0');
    host.docker.down = true;
    expect(await doctorOf(host).examineItself()).toEqual([]);
    host.nft.version = async () => '0.9.8';
    expect(bad(await doctorOf(host).examineItself())).toEqual(['nft warning']);
  });
});
