import { describe, expect, it } from 'vitest';
import { collect } from '../../test/collect.ts';
import { type Answer, json, startFakeEngine } from '../../test/fake-engine.ts';
import { ID, rejectionOf, sessionWish } from '../../test/sessions/bench.ts';
import { planContainer } from '../sessions/plan-container.ts';
import { readDockerLogs } from './docker-logs.ts';
import { renderContainer } from './docker-session-body.ts';
import { createDockerSessions } from './docker-sessions.ts';
import { renderTarDirectory } from './tar-directory.ts';

/* What goes over the wire; test/contract/sessions.lab.test.ts asks a real engine. */

async function engineOf(answers: Readonly<Record<string, Answer>>) {
  const engine = await startFakeEngine(answers);
  return { ...engine, containers: createDockerSessions(engine.host) };
}

const decided = { binds: [], dns: ['9.9.9.9'], password: 'Passw0rd' };
const signal = new AbortController().signal;

describe('the body of a container', () => {
  it('is hardened', () => {
    const { HostConfig } = renderContainer(planContainer(sessionWish(), decided)) as {
      readonly HostConfig: Readonly<Record<string, unknown>>;
    };
    const { SecurityOpt, ...rest } = HostConfig;
    expect(rest).toMatchObject({
      CapDrop: ['ALL'],
      CapAdd: [],
      Privileged: false,
      NetworkMode: 'z_custom_a',
      RestartPolicy: { Name: 'no' },
      Dns: ['9.9.9.9'],
      CpuQuota: 200_000,
      CpuPeriod: 100_000,
      Memory: 2_147_483_648,
      MemorySwap: 2_147_483_648,
      PidsLimit: 1024,
      ShmSize: 536_870_912,
      Devices: [],
      Mounts: [],
    });
    const [first, seccomp = ''] = SecurityOpt as readonly string[];
    expect(first).toBe('no-new-privileges');
    expect(JSON.parse(seccomp.replace('seccomp=', ''))).toMatchObject({
      defaultAction: 'SCMP_ACT_ERRNO',
    });
  });

  it('has what the configuration has allowed', () => {
    const wish = sessionWish({
      devices: ['/dev/fuse'],
      capabilities: ['CAP_NET_RAW'],
      extraHosts: { intranet: '10.0.0.1' },
      profile: { volume: 'sallyport-profile-ada', target: '/home/user' },
    });
    const binds = [{ source: '/srv/data', target: '/data', readOnly: true }];
    expect(renderContainer(planContainer(wish, { ...decided, binds }))).toMatchObject({
      HostConfig: {
        CapDrop: ['ALL'],
        CapAdd: ['NET_RAW'],
        ExtraHosts: ['intranet:10.0.0.1'],
        Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse' }],
        Mounts: [
          { Type: 'bind', Source: '/srv/data', Target: '/data', ReadOnly: true },
          { Type: 'volume', Source: 'sallyport-profile-ada', Target: '/home/user' },
        ],
      },
    });
  });
});

describe('a pull', () => {
  const lines =
    (...values: readonly unknown[]): Answer =>
    (response) => {
      response.writeHead(200);
      for (const value of values) response.write(`${JSON.stringify(value)}\r\n`);
      response.end();
    };
  const CREATE = 'POST /v1.41/images/create?fromImage=desk%3Alatest';

  it('tells each layer, and the id at the end; one tag and not all of them', async () => {
    const { containers, asked } = await engineOf({
      [CREATE]: lines(
        { status: 'Pulling from desk', id: 'latest' },
        { status: 'Downloading', id: 'a1', progressDetail: { current: 512, total: 1024 } },
        { status: 'Pull complete', id: 'a1', progressDetail: {} },
        { status: 'Digest: sha256:00' },
      ),
      'GET /v1.41/images/desk%3Alatest/json': json({ Id: 'sha256:desk' }),
    });
    const pull = containers.pull('desk', { username: 'ada', password: 'secret' }, signal);
    const steps = [];
    let next = await pull.next();
    for (; next.done !== true; next = await pull.next()) steps.push(next.value);
    expect(steps).toEqual([
      { layer: 'latest', status: 'Pulling from desk', percent: null },
      { layer: 'a1', status: 'Downloading', percent: 50 },
      { layer: 'a1', status: 'Pull complete', percent: null },
      { layer: null, status: 'Digest: sha256:00', percent: null },
    ]);
    expect(next.value).toBe('sha256:desk');
    const header = asked.find(({ what }) => what === CREATE)?.headers['x-registry-auth'];
    const credentials = Buffer.from(String(header), 'base64url').toString();
    expect(JSON.parse(credentials)).toEqual({ username: 'ada', password: 'secret' });
  });

  it('that goes wrong half-way is refused', async () => {
    const { containers } = await engineOf({
      [CREATE]: lines({ status: 'Downloading', id: 'a1' }, { error: 'unexpected EOF' }),
    });
    const refusal = await rejectionOf(collect(containers.pull('desk:latest', null, signal)));
    expect(refusal).toMatchObject({ code: 'docker_refused' });
    expect(refusal.message).toContain('unexpected EOF');
  });

  it('of what the registry does not have is refused', async () => {
    const { containers } = await engineOf({
      [CREATE]: json({ message: 'pull access denied for desk' }, 404),
    });
    const refusal = await rejectionOf(collect(containers.pull('desk', null, signal)));
    expect(refusal.code).toBe('docker_refused');
    expect(refusal.message).toContain('pull access denied');
  });

  it.each([
    ['registry.example:5000/desk', 'registry.example%3A5000%2Fdesk%3Alatest'],
    ['desk:2', 'desk%3A2'],
    ['desk@sha256:00', 'desk%40sha256%3A00'],
  ])('of %s asks for %s', async (image, reference) => {
    const { containers, asked } = await engineOf({});
    await rejectionOf(collect(containers.pull(image, null, signal)));
    expect(asked.map(({ what }) => what)).toContain(
      `POST /v1.41/images/create?fromImage=${reference}`,
    );
  });
});

describe('a container that Docker is removing already', () => {
  it('is as good as removed', async () => {
    const answer = {
      Id: 'c1',
      Name: `/sallyport-session-${ID}`,
      Created: '2026-01-01T00:00:00Z',
      State: { Status: 'removing', Pid: 0, ExitCode: 0, StartedAt: '0001-01-01T00:00:00Z' },
      Config: { Image: 'desk:1', Labels: { 'io.sallyport.session-id': ID }, Env: null },
      NetworkSettings: { Networks: null },
      Mounts: null,
    };
    const { containers } = await engineOf({
      [`GET /v1.41/containers/sallyport-session-${ID}/json`]: json(answer),
      'DELETE /v1.41/containers/c1?force=1&v=1': json({ message: 'in progress' }, 409),
    });
    await containers.remove(ID);
    expect(await containers.find(ID)).toMatchObject({ state: 'dead', startedAt: null });
  });
});

describe('logs', () => {
  const frame = (body: string) => {
    const head = Buffer.alloc(8);
    head[0] = 1;
    head.writeUInt32BE(Buffer.byteLength(body), 4);
    return Buffer.concat([head, Buffer.from(body)]);
  };

  it('are read whole, however their frames are cut', async () => {
    const bytes = Buffer.concat([frame('one\n'), frame('zwölf\n'), frame('x'.repeat(200))]);
    async function* cut(size: number) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    for (const size of [1, 3, 7, 1000])
      expect(await readDockerLogs(cut(size))).toBe(`one\nzwölf\n${'x'.repeat(200)}`);
  });

  it('are the newest MiB, however much there is', async () => {
    async function* endless() {
      for (let line = 0; line < 3_000; line++) yield frame(`${line}:${'x'.repeat(1_000)}\n`);
    }
    const text = await readDockerLogs(endless());
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(text).toMatch(/\n2999:x+\n$/);
  });
});

it('a directory as a tar is one that tar(5) knows', () => {
  const tar = Buffer.from(renderTarDirectory('user', { uid: 1000, gid: 1001, mode: 0o750 }));
  expect(tar.length).toBe(1536);
  const field = (at: number, length: number) =>
    tar
      .subarray(at, at + length)
      .toString()
      .replace(/\0.*$/s, '');
  expect(field(0, 100)).toBe('user/');
  expect(
    [field(100, 8), field(108, 8), field(116, 8)].map((text) => Number.parseInt(text, 8)),
  ).toEqual([0o750, 1000, 1001]);
  const sum = Number.parseInt(field(148, 7), 8);
  tar.fill(' ', 148, 156);
  expect(tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)).toBe(sum);
});
