import { afterAll, beforeAll, expect, test } from 'vitest';
import { A, B, type Subject, until, upWorld, type World } from './support/world.ts';

/* Limits of bandwidth, as TCP finds them; before, beside and after them it is many times faster. */

const LIMIT = 20_000_000;
const SECONDS = 3;
/** The bucket of uploads holds one second's worth, so that a short look at it is off by as much. */
const UPLOAD_SECONDS = 6;

let world: World;
let a: Subject;
let b: Subject;

beforeAll(async () => {
  world = await upWorld('bandwidth');
  await world.createGuideNetworks();
  a = await world.subject('on-a', A.name);
  b = await world.subject('on-b', B.name);
});

afterAll(() => world.down());

/** Receives from the source (RFC 864); prints bits per second. */
const DOWNLOAD = `
import socket, sys, time
stream = socket.create_connection((sys.argv[1], 19), 5)
stream.settimeout(1)
end, total = time.monotonic() + ${SECONDS}, 0
while time.monotonic() < end:
    total += len(stream.recv(65536))
print(total * 8 / ${SECONDS})
`;

/**
 * Sends to the sink (RFC 863) what the other side takes: bytes that were acknowledged (struct tcp_info). The
 * first two seconds are not counted: the bucket is full then (docs/adr/0015).
 */
const UPLOAD = `
import socket, struct, sys, time
stream = socket.create_connection((sys.argv[1], 9), 5)
stream.settimeout(0.05)
def acknowledged():
    return struct.unpack_from('Q', stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 120)[0]
def send_until(end):
    while time.monotonic() < end:
        try:
            stream.send(b'x' * 16384)
        except TimeoutError:
            pass
    return acknowledged()
begin = time.monotonic() + 2
before = send_until(begin)
print((send_until(begin + ${UPLOAD_SECONDS}) - before) * 8 / ${UPLOAD_SECONDS})
`;

async function measure(script: string, { container, target }: Subject): Promise<number> {
  const { stdout, stderr } = await container.exec('python3', ['-c', script, target]);
  const rate = Number(stdout);
  if (!(rate > 0)) throw new Error(`nothing was measured: ${stdout}${stderr}`);
  return rate;
}

async function limit(name: string, upload: number | null, download: number | null) {
  const body = { bandwidth: { upload, download } };
  return world.agent.call('updateNetwork', { params: { name }, body });
}

function expectAbout(rate: number, limited: number): void {
  expect(rate).toBeGreaterThan(limited * 0.9);
  expect(rate).toBeLessThan(limited * 1.1);
}

/** What of limits the host has. */
async function marks(): Promise<string> {
  const queues = await world.host('tc', 'qdisc', 'show');
  const limits = await world.host('nft', '-s', 'list', 'limits');
  const lines = [...queues.split('\n'), ...limits.split('\n')];
  return lines.filter((line) => /\btbf\b|rate over/.test(line)).join('\n');
}

test('without a limit it is many times faster: the control of all that follows', async () => {
  expect(await marks()).toBe('');
  expect(await measure(DOWNLOAD, a)).toBeGreaterThan(LIMIT * 5);
  expect(await measure(UPLOAD, a)).toBeGreaterThan(LIMIT * 5);
});

test('a download is as fast as its limit, and an upload beside it as fast as can be', async () => {
  await limit(A.name, null, LIMIT);
  expectAbout(await measure(DOWNLOAD, a), LIMIT);
  expect(await measure(UPLOAD, a)).toBeGreaterThan(LIMIT * 5);
});

test('an upload is as fast as its limit, and another network as fast as can be', async () => {
  const { bandwidth } = await limit(A.name, LIMIT, null);
  expect(bandwidth).toEqual({ upload: LIMIT, download: null });
  expectAbout(await measure(UPLOAD, a), LIMIT);
  expect(await measure(DOWNLOAD, a)).toBeGreaterThan(LIMIT * 5);
  expect(await measure(UPLOAD, b)).toBeGreaterThan(LIMIT * 5);
});

test('both at once, and still by the egress address', async () => {
  await limit(A.name, LIMIT, LIMIT);
  const since = Date.now();
  const both = await Promise.all([measure(DOWNLOAD, a), measure(UPLOAD, a)]);
  for (const rate of both) expectAbout(rate, LIMIT);
  const sources = new Set(
    (await world.lab.capture.packets({ since, destination: a.target })).map(({ source }) => source),
  );
  expect([...sources]).toEqual([A.address]);
});

test('what is dropped of an upload is counted', async () => {
  const { drops } = await world.agent.call('host', {});
  expect(drops['drop_upload']?.packets).toBeGreaterThan(0);
});

test.each([
  ['the queue', DOWNLOAD, () => world.host('tc', 'qdisc', 'del', 'dev', A.name, 'root')],
  ['the table', UPLOAD, () => world.host('nft', 'delete', 'table', 'inet', 'sallyport')],
  ['the limit of uploads', UPLOAD, loseElement],
])('%s is made good when somebody takes it away', async (...[, script, takeAway]) => {
  const before = await counted();
  expect(before).toBe(3);
  await takeAway();
  await until('all of it is there', async () => (await counted()) === before);
  expectAbout(await measure(script, a), LIMIT);
});

function loseElement(): Promise<string> {
  const element = ['inet', 'sallyport', 'uploads', `{ "${A.name}" }`];
  return world.host('nft', 'delete', 'element', ...element);
}

/** The queue, the limit, and the element by which it is found. */
async function counted(): Promise<number> {
  const listing = await world.lab.host.tryExec('nft', [
    'list',
    'map',
    'inet',
    'sallyport',
    'uploads',
  ]);
  const found = (await marks()).split('\n').filter((line) => line !== '').length;
  return found + (listing.stdout.includes(`"${A.name}"`) ? 1 : 0);
}

test('a limit that is taken away leaves nothing, and so does a network that is deleted', async () => {
  await limit(A.name, null, null);
  expect(await marks()).toBe('');
  expect(await measure(DOWNLOAD, a)).toBeGreaterThan(LIMIT * 5);
  const name = 'z_short';
  const egress = { ipv4: ['192.168.4.153'] };
  const bandwidth = { upload: LIMIT, download: LIMIT };
  await world.agent.call('createNetwork', { body: { name, egress, bandwidth } });
  expect((await marks()).split('\n')).toHaveLength(2);
  await world.agent.call('deleteNetwork', { params: { name } });
  expect(await marks()).toBe('');
});
