import { once } from 'node:events';
import { link } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { collect } from '../../test/collect.ts';
import { type Answer, json, startFakeEngine, VERSION } from '../../test/fake-engine.ts';
import { createDockerEngine } from './docker-engine.ts';

async function engineOf(answers: Readonly<Record<string, Answer>>) {
  const engine = await startFakeEngine(answers);
  return { ...engine, docker: createDockerEngine(engine.host) };
}

describe('Docker over its socket', () => {
  it('is spoken to in its own version, asked once', async () => {
    const { docker, asked } = await engineOf({ 'GET /v1.41/networks': json([]) });
    await docker.networks();
    await docker.networks();
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /version',
      'GET /v1.41/networks',
      'GET /v1.41/networks',
    ]);
  });

  it('is spoken to in a version that was read, however new it is', async () => {
    const { docker } = await engineOf({
      'GET /version': json({ Version: '40.0', ApiVersion: '1.99' }),
      'GET /v1.47/networks': json([]),
    });
    expect(await docker.networks()).toEqual([]);
  });

  it('is refused where it is too old', async () => {
    const { docker } = await engineOf({
      'GET /version': json({ Version: '19.03', ApiVersion: '1.40' }),
    });
    await expect(docker.networks()).rejects.toMatchObject({ code: 'docker_refused' });
    expect(await docker.version()).toEqual({ version: '19.03', apiVersion: '1.40' });
  });

  it('makes networks that neither masquerade nor let containers talk', async () => {
    const { docker, asked } = await engineOf({
      'POST /v1.41/networks/create': json({ Id: 'abc', Warning: '' }, 201),
    });
    const id = await docker.createNetwork({
      name: 'z_custom_a',
      bridge: 'z_custom_a',
      subnet: '172.19.0.0/16',
      gateway: '172.19.0.1',
      ipv6: null,
      reserved: { 'sallyport-probe': '172.19.255.254' },
      labels: { 'io.sallyport.managed': 'true' },
    });
    expect(id).toBe('abc');
    expect(asked.at(-1)?.body).toEqual({
      Name: 'z_custom_a',
      CheckDuplicate: true,
      Driver: 'bridge',
      Attachable: true,
      EnableIPv6: false,
      IPAM: {
        Driver: 'default',
        Config: [
          {
            Subnet: '172.19.0.0/16',
            Gateway: '172.19.0.1',
            AuxiliaryAddresses: { 'sallyport-probe': '172.19.255.254' },
          },
        ],
      },
      Options: {
        'com.docker.network.bridge.name': 'z_custom_a',
        'com.docker.network.bridge.enable_ip_masquerade': 'false',
        'com.docker.network.bridge.enable_icc': 'false',
      },
      Labels: { 'io.sallyport.managed': 'true' },
    });
  });

  it('tells a refusal in Docker’s own words', async () => {
    const message = 'Pool overlaps with other one on this address space';
    const { docker } = await engineOf({ 'GET /v1.41/networks': json({ message }, 403) });
    await expect(docker.networks()).rejects.toMatchObject({
      code: 'docker_refused',
      message: `Docker refused: ${message}`,
    });
  });

  it('tells a refusal that is no JSON', async () => {
    const { docker } = await engineOf({
      'GET /v1.41/networks': (response) => response.writeHead(502).end('<html>'),
    });
    await expect(docker.networks()).rejects.toMatchObject({
      message: 'Docker refused: 502 <html>',
    });
  });

  it('advises a restart where its chains are gone', async () => {
    const message = '(iptables failed: iptables --wait -t nat: No chain by that name)';
    const { docker } = await engineOf({
      'POST /v1.41/networks/create': json({ message: `Failed: ${message}` }, 500),
    });
    const request = {
      name: 'a',
      bridge: 'a',
      subnet: '',
      gateway: '',
      ipv6: null,
      reserved: {},
      labels: {},
    };
    await expect(docker.createNetwork(request)).rejects.toMatchObject({
      remedy: expect.stringContaining('systemctl restart docker') as string,
    });
  });

  it('finds a network that is gone already removed, and no other refusal', async () => {
    const { docker } = await engineOf({
      'DELETE /v1.41/networks/gone': json({ message: 'network gone not found' }, 404),
      'DELETE /v1.41/networks/there': (response) => response.writeHead(204).end(),
      'DELETE /v1.41/networks/used': json({ message: 'has active endpoints' }, 403),
    });
    await expect(docker.removeNetwork('gone')).resolves.toBeUndefined();
    await expect(docker.removeNetwork('there')).resolves.toBeUndefined();
    await expect(docker.removeNetwork('used')).rejects.toMatchObject({ code: 'docker_refused' });
  });

  it('can not be led to another path by an id', async () => {
    const { docker, asked } = await engineOf({});
    await docker.removeNetwork('../containers/x?force=1').catch(() => undefined);
    expect(asked.at(-1)?.what).toBe('DELETE /v1.41/networks/..%2Fcontainers%2Fx%3Fforce%3D1');
  });

  it('lists containers of a network without the length of their address', async () => {
    const network = { Id: 'n', Name: 'a', Driver: 'bridge', Scope: 'local', Internal: false };
    const Containers = {
      c1: { Name: 'one', IPv4Address: '172.19.0.2/16' },
      c2: { Name: 'two', IPv4Address: '' },
    };
    const { docker } = await engineOf({
      'GET /v1.41/networks/n': json({ ...network, Containers }),
    });
    expect(await docker.attached('n')).toEqual([
      { id: 'c1', name: 'one', ipv4: '172.19.0.2' },
      { id: 'c2', name: 'two', ipv4: '' },
    ]);
  });
});

describe('Docker’s events', () => {
  const EVENTS = `GET /v1.41/events?filters=${encodeURIComponent('{"type":["network","container"]}')}`;
  const event = (name: string) =>
    `${JSON.stringify({ Type: 'network', Action: 'create', Actor: { ID: 'i', Attributes: { name } } })}\n`;

  it('come one by one, torn into pieces or not, until the engine ends', async () => {
    const { docker } = await engineOf({
      [EVENTS]: (response) => {
        const [head, tail] = [event('a').slice(0, 20), event('a').slice(20)];
        response.writeHead(200).write(head);
        setTimeout(() => response.end(`${tail}${event('b')}`), 10);
      },
    });
    const events = await collect(docker.events(new AbortController().signal));
    expect(events).toEqual([
      { type: 'network', action: 'create', name: 'a' },
      { type: 'network', action: 'create', name: 'b' },
    ]);
  });

  it('end when nobody listens any more', async () => {
    const { docker } = await engineOf({
      [EVENTS]: (response) => response.writeHead(200).write(event('a')),
    });
    const gone = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { name } of docker.events(gone.signal)) {
        seen.push(name);
        gone.abort();
      }
    })().catch(() => undefined);
    await following;
    expect(seen).toEqual(['a']);
  });
});

describe('a Docker that does not answer', () => {
  it('is not there', async () => {
    const docker = createDockerEngine('unix:///nonexistent/docker.sock');
    await expect(docker.networks()).rejects.toMatchObject({
      code: 'docker_unreachable',
      message: 'Docker does not answer at /nonexistent/docker.sock: it is not there.',
    });
  });

  it('has left its socket behind', async () => {
    const { docker, socket, server } = await engineOf({});
    const left = `${socket}.left`;
    await link(socket, left);
    server.close();
    await once(server, 'close');
    await expect(docker.networks()).rejects.toMatchObject({ code: 'docker_unreachable' });
    await expect(createDockerEngine(`unix://${left}`).networks()).rejects.toMatchObject({
      message: `Docker does not answer at ${left}: nobody listens.`,
    });
  });

  it('has broken off in the middle of an answer', async () => {
    const { docker } = await engineOf({
      'GET /v1.41/networks': (response) => {
        response.writeHead(200).write('[{"Id":');
        setTimeout(() => response.socket?.destroy(), 10);
      },
    });
    await expect(docker.networks()).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('is asked anew for its version when it comes back', async () => {
    let fails = true;
    const { docker } = await engineOf({
      'GET /version': (response, request) =>
        fails ? request.socket.destroy() : VERSION(response, request),
      'GET /v1.41/networks': json([]),
    });
    await expect(docker.networks()).rejects.toMatchObject({ code: 'docker_unreachable' });
    fails = false;
    expect(await docker.networks()).toEqual([]);
  });

  it.each(['tcp://192.0.2.1:2375', 'unix://relative', '', 'ssh://host'])(
    'can not be on another host: %j',
    (host) => {
      expect(() => createDockerEngine(host)).toThrow('its own host');
    },
  );
});
