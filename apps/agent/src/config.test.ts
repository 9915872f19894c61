import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../test/temporary.ts';
import { readConfig } from './config.ts';

async function fileOf(content: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'agent.yaml');
  await writeFile(path, content);
  return path;
}

const EVERYTHING = `
socket: /run/other.sock
stateDir: /srv/state
dockerHost: unix:///run/docker2.sock
pool:
  prefix: 10.32.0.0/16
  size: 26
dns: [9.9.9.9, 149.112.112.112]
echo: ['http://192.0.2.1/', 'stun://192.0.2.2']
flows: { megabytes: 64, days: 7 }
metrics: { listen: '127.0.0.1:9464' }
sessions:
  allowRoot: true
  allowedCapabilities: [CAP_NET_RAW]
  allowedDevices: [/dev/dri/renderD128]
  volumeRoots: [/srv/data]
  maxMemoryMiB: 8192
logLevel: warn
`;

/** What a session may have where nobody has said anything. */
const DENIED = {
  allowPrivileged: false,
  allowLaunchCommands: false,
  maxGpus: 0,
  allowRoot: false,
  allowedCapabilities: [],
  allowedDevices: [],
  volumeRoots: [],
  maxCores: null,
  maxMemoryMiB: null,
  maxPids: null,
};

describe('the configuration', () => {
  it('has defaults for everything', async () => {
    const { given, ...config } = readConfig(['--config', await fileOf('')], {});
    expect(given.file).toEqual({});
    expect(config).toEqual({
      socket: '/run/sallyport/agent.sock',
      stateDir: '/var/lib/sallyport',
      dockerHost: 'unix:///var/run/docker.sock',
      pool: { prefix: '10.208.0.0/12', size: 24 },
      pool6: { prefix: 'fd73:616c:6c79::/48', size: 64 },
      dns: [],
      echo: [],
      flows: { megabytes: 256, days: 30 },
      metrics: { listen: null, textfile: null },
      sessions: DENIED,
      logLevel: 'info',
    });
  });

  it('is read from a file', async () => {
    const path = await fileOf(EVERYTHING);
    const { given, ...config } = readConfig(['--config', path], {});
    expect(given).toMatchObject({ path, file: { flows: { days: 7 } } });
    expect(config).toEqual({
      socket: '/run/other.sock',
      stateDir: '/srv/state',
      dockerHost: 'unix:///run/docker2.sock',
      pool: { prefix: '10.32.0.0/16', size: 26 },
      pool6: { prefix: 'fd73:616c:6c79::/48', size: 64 },
      dns: ['9.9.9.9', '149.112.112.112'],
      echo: ['http://192.0.2.1/', 'stun://192.0.2.2'],
      flows: { megabytes: 64, days: 7 },
      metrics: { listen: { host: '127.0.0.1', port: 9464 }, textfile: null },
      sessions: {
        ...DENIED,
        allowRoot: true,
        allowedCapabilities: ['NET_RAW'],
        allowedDevices: ['/dev/dri/renderD128'],
        volumeRoots: ['/srv/data'],
        maxMemoryMiB: 8192,
      },
      logLevel: 'warn',
    });
  });

  it('takes flags before the environment, and that before the file', async () => {
    const config = ['--config', await fileOf(EVERYTHING)];
    const environment = {
      SALLYPORT_AGENT_SOCKET: '/env.sock',
      SALLYPORT_STATE_DIR: '/env',
      DOCKER_HOST: 'unix:///env-docker.sock',
    };
    expect(readConfig(config, environment)).toMatchObject({
      socket: '/env.sock',
      stateDir: '/env',
      dockerHost: 'unix:///env-docker.sock',
      logLevel: 'warn',
    });
    const flags = ['--socket', '/f.sock', '--state-dir=/f', '--docker-host', 'unix:///f'];
    expect(readConfig([...config, ...flags, '--log-level', 'debug'], environment)).toMatchObject({
      socket: '/f.sock',
      stateDir: '/f',
      dockerHost: 'unix:///f',
      logLevel: 'debug',
    });
  });

  it('takes an empty variable for none', async () => {
    const config = ['--config', await fileOf(EVERYTHING)];
    expect(readConfig(config, { DOCKER_HOST: '' }).dockerHost).toBe('unix:///run/docker2.sock');
  });
});

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

describe('a configuration that is wrong', () => {
  it.each<[string, string]>([
    ['sockett: /run/x.sock', 'sockett'],
    ['socket: run/x.sock', 'socket'],
    ['stateDir: 7', 'stateDir'],
    ['pool: { prefix: 10.0.0.0/12 }', 'pool.size'],
    ['pool: { prefix: 10.0.0.1/12, size: 24 }', 'pool.prefix'],
    ['pool: { prefix: 10.0.0.0/24, size: 20 }', 'pool.size'],
    ['pool: { prefix: 10.0.0.0/24, size: 30 }', 'pool.size'],
    ['dns: [one.example]', 'dns[0]'],
    ['echo: ["gopher://192.0.2.1"]', 'echo[0]'],
    ['logLevel: loud', 'logLevel'],
  ])('is refused with the field: %s', async (content, field) => {
    const path = await fileOf(content);
    expect(refusal(() => readConfig(['--config', path], {}))).toMatchObject({
      code: 'invalid_input',
      errors: [{ field, remedy: expect.any(String) as string }],
    });
  });

  it.each(['- a list', 'just text', '"', 'a: b: c', 'a: *none'])(
    'is refused with the file: %s',
    async (content) => {
      const path = await fileOf(content);
      expect(refusal(() => readConfig(['--config', path], {}))).toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining(path) as string,
        remedy: 'Correct the file; docs/agent.md describes it.',
      });
    },
  );

  it('is refused where the file that was named is not there', () => {
    expect(refusal(() => readConfig(['--config', '/nonexistent/agent.yaml'], {}))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('/nonexistent/agent.yaml') as string,
    });
  });

  it.each([['--sockett', '/x'], ['extra'], ['--socket'], ['--socket', 'relative']].map((a) => [a]))(
    'is refused for the flags %j',
    (args) => {
      expect(refusal(() => readConfig(args, {}))).toMatchObject({ code: 'invalid_input' });
    },
  );
});
