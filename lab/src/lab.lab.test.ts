import { afterAll, beforeAll, expect, test } from 'vitest';
import { observeLoad } from './docker/load.ts';
import { upLab, type Lab } from './lab.ts';
import { findLeaks, renderLeaks, type LeakExpectations } from './oracle.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await upLab({ name: `lab-test-${String(process.pid)}` });
});
afterAll(async () => {
  await lab.down();
});

const leaksSince = async (since: number, more: Partial<LeakExpectations> = {}) =>
  findLeaks(await lab.capture.packets({ since }), { owned: lab.ownedAddresses, ...more });

test('a container on the default bridge is seen with the host address, by everyone who looks', async () => {
  const since = Date.now();
  const container = await lab.runContainer({ name: 'plain' });
  const tag = `seen-${String(since)}`;
  for (const mode of ['tcp', 'udp', 'http', 'stun']) {
    const result = await container.traffic(mode, ['--tag', tag]);
    expect({ ...result, mode }).toMatchObject({ mode, ok: true, source: '192.168.4.53' });
  }
  const services = (await lab.wan.arrivals({ since, tag })).map(({ service }) => service);
  expect(services.toSorted()).toEqual(['http', 'tcp-echo', 'udp-echo']);
  const seen = (await lab.capture.sourcesSince(since)).filter(({ protocol }) => protocol === 'udp');
  expect(seen.map(({ uplink, source }) => ({ uplink, source }))).toEqual([
    { uplink: 'enp0s3', source: '192.168.4.53' },
  ]);
  expect(renderLeaks(await leaksSince(since))).toBe('');
});

test('every protocol of the leak scenarios can be spoken from the image', async () => {
  const container = await lab.runContainer({ name: 'polyglot', dns: ['198.51.100.10'] });
  const since = Date.now();
  const modes = [
    ['first'],
    ['icmp'],
    ['dns'],
    ['dns', '--tcp'],
    ['fragments'],
    ['hold', '--count', '3'],
    ['raw', '--protocol', '47'],
    ['raw', '--protocol', '50'],
    ['raw', '--protocol', '253'],
    ['spoof', '--source', '203.0.113.9'],
    ['rst'],
    ['multicast'],
  ];
  for (const [mode = '', ...args] of modes) {
    const result = await container.traffic(mode, args);
    expect({ ...result, mode, args }).toMatchObject({ mode, args, ok: true });
  }
  const packets = await lab.capture.packets({ since });
  const protocols = new Set(packets.map(({ protocol }) => protocol));
  expect(protocols).toEqual(new Set([...protocols, 'tcp', 'udp', 'icmp', 'gre', 'esp', 'ip-253']));
  expect(packets.some(({ fragment }) => fragment)).toBe(true);
  expect(
    (await container.traffic('tcp', ['--target', '198.51.100.77', '--timeout', '0.5'])).ok,
  ).toBe(false);
});

test('the answer of the capture is complete when it comes', async () => {
  const container = await lab.runContainer({ name: 'burst' });
  const tag = `burst-${String(Date.now())}`;
  const burst = `
import socket
plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
plug.connect(("198.51.100.10", 9))
for number in range(3000):
    try:
        plug.send(b"${tag} %d" % number)
    except ConnectionRefusedError:
        plug.send(b"${tag} %d" % number)
`;
  const result = await container.exec('python3', ['-c', burst]);
  expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await lab.capture.packets({ tag, protocol: 'udp' })).toHaveLength(3000);
});

test('negative control: without masquerade the private source is seen', async () => {
  const options = ['--opt', 'com.docker.network.bridge.enable_ip_masquerade=false'];
  await lab.docker(['network', 'create', ...options, '--subnet', '172.30.7.0/24', 'bare']);
  const container = await lab.runContainer({ name: 'bare', network: 'bare' });
  const since = Date.now();
  const result = await container.traffic('udp', ['--tag', 'bare-17', '--timeout', '0.5']);
  expect(result.ok).toBe(false);
  const leaks = await leaksSince(since);
  expect(leaks.map(({ reason, packet }) => [reason, packet.source])).toContainEqual([
    'private-source',
    '172.30.7.2',
  ]);
  expect(leaks.every(({ packet }) => packet.uplink === 'enp0s3')).toBe(true);
  await container.remove();
});

test('negative control: masquerade lets forged sources and invalid packets out as they are', async () => {
  const container = await lab.runContainer({ name: 'forger' });
  const own = await container.address();
  const sources = async (mode: string, ...args: readonly string[]): Promise<Set<string>> => {
    const since = Date.now();
    expect((await container.traffic(mode, args)).ok).toBe(true);
    const leaks = await leaksSince(since);
    return new Set(leaks.map(({ reason, packet }) => `${reason} ${packet.source}`));
  };
  expect(await sources('spoof', '--source', '203.0.113.9')).toEqual(
    new Set(['foreign-source 203.0.113.9']),
  );
  expect(await sources('rst', '--count', '5')).toEqual(new Set([`private-source ${own}`]));
});

test("negative control: the guide's recipe by hand leaves by the wrong uplink", async () => {
  const options = ['--opt', 'com.docker.network.bridge.enable_ip_masquerade=false'];
  const subnet = '172.19.0.0/16';
  await lab.docker(['network', 'create', ...options, '--subnet', subnet, 'z_custom_b']);
  const snat = ['-s', subnet, '!', '-d', subnet, '-j', 'SNAT', '--to-source', '192.168.56.103'];
  await lab.host.exec('iptables', ['-t', 'nat', '-I', 'POSTROUTING', ...snat]);
  await lab.wan.addServiceAddress('198.51.100.31/32');
  const container = await lab.runContainer({ name: 'guide', network: 'z_custom_b' });
  const since = Date.now();
  await container.traffic('tcp', ['--target', '198.51.100.31', '--timeout', '2']);
  const expected = {
    name: 'z_custom_b',
    destination: '198.51.100.31',
    sources: ['192.168.56.103'],
    uplink: 'enp0s8',
  };
  const leaks = await leaksSince(since, { flows: [expected] });
  expect(leaks.length).toBeGreaterThan(0);
  expect(new Set(leaks.map(({ reason }) => reason))).toEqual(new Set(['wrong-uplink']));
  expect(leaks[0]?.packet).toMatchObject({ uplink: 'enp0s3', source: '192.168.56.103' });
  await container.remove();
});

test('the load reports what it sent, what came back, and a gap while the uplink is down', async () => {
  const rates = ['--tag', 'load-test', '--report-ms', '200'];
  const container = await lab.runContainer({
    name: 'load',
    command: ['traffic', 'load', ...rates],
  });
  await expect
    .poll(async () => (await observeLoad(container).catch(() => undefined))?.udp?.delivered ?? 0)
    .toBeGreaterThan(200);
  const before = await observeLoad(container);
  expect(before.tcp?.sources).toEqual({ '192.168.4.53': before.tcp?.delivered });
  await lab.host.linkDown('enp0s3');
  await new Promise((resolve) => setTimeout(resolve, 600));
  await lab.host.linkUp('enp0s3');
  await expect
    .poll(async () => (await observeLoad(container)).udp?.delivered ?? 0, { timeout: 15_000 })
    .toBeGreaterThan((before.udp?.delivered ?? 0) + 500);
  const after = await observeLoad(container);
  expect(after.udp?.longestGapMs).toBeGreaterThan(500);
  await container.remove();
});

test('faults of the engine: killed, restarted, with live-restore', async () => {
  const container = await lab.runContainer({ name: 'survivor' });
  await lab.daemon.kill();
  await expect(lab.docker(['ps'])).rejects.toThrow(/Cannot connect to the Docker daemon/);
  await lab.daemon.start({ liveRestore: true });
  await lab.daemon.restart({ liveRestore: true });
  const running = await lab.docker(['ps', '--quiet', '--filter', 'name=survivor']);
  expect(running.stdout.trim()).not.toBe('');
  await lab.daemon.restart({ liveRestore: false });
  const { code } = await container.exec('true');
  expect(code).not.toBe(0);
});

test('addresses come and go, and reverse-path filtering can be set', async () => {
  await lab.host.removeAddress('enp0s3', '192.168.4.153/24');
  const list = async (): Promise<string> => (await lab.host.exec('ip', ['-4', 'address'])).stdout;
  expect(await list()).not.toContain('192.168.4.153');
  await lab.host.addAddress('enp0s3', '192.168.4.153/24');
  expect(await list()).toContain('192.168.4.153/24');
  for (const mode of [0, 1, 2] as const) {
    await lab.host.setRpFilter(mode);
    const { stdout } = await lab.host.exec('cat', ['/proc/sys/net/ipv4/conf/enp0s8/rp_filter']);
    expect(stdout.trim()).toBe(String(mode));
  }
});

test('two labs at once know nothing of each other', async () => {
  const other = await upLab({ name: `${lab.name}-b`, ipv6: true });
  try {
    const tag = `other-${String(Date.now())}`;
    const container = await other.runContainer({ name: 'plain' });
    expect((await container.traffic('udp', ['--tag', tag])).ok).toBe(true);
    expect(await other.wan.arrivals({ tag })).toHaveLength(1);
    expect(await lab.wan.arrivals({ tag })).toHaveLength(0);
    expect(await other.capture.packets({ tag })).toHaveLength(1);
    expect(await lab.capture.packets({ tag })).toHaveLength(0);
    const beyond = ['-c', '1', '-W', '2', '2001:db8:ffff::10'];
    await other.host.exec('busybox', ['ping', '-6', ...beyond]);
    // Negative control for IPv6: a container with a global address simply leaves.
    const subnets = ['--subnet', '172.30.9.0/24', '--ipv6', '--subnet', '2001:db8:aa::/64'];
    await other.docker(['network', 'create', ...subnets, 'six']);
    const six = await other.runContainer({ name: 'six', network: 'six' });
    await other.host.exec('sysctl', ['-q', '-w', 'net.ipv6.conf.all.forwarding=1']);
    // More than once: the bridge's own address is not usable for a second or two (RFC 4862, 5.4).
    const leaked = async (): Promise<readonly string[]> => {
      const since = Date.now();
      await six.traffic('ipv6', ['--timeout', '0.5']);
      const packets = await other.capture.packets({ since });
      return findLeaks(packets, { owned: other.ownedAddresses }).map(({ packet }) => packet.source);
    };
    await expect.poll(leaked, { timeout: 15_000 }).toContain('2001:db8:aa::2');
  } finally {
    await other.down();
  }
  // The end of one is not the end of the other.
  const still = await lab.runContainer({ name: 'still-here' });
  expect((await still.traffic('udp')).ok).toBe(true);
});
