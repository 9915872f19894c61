import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { upLab, type Lab } from '@sallyport/lab/lab';
import { AGENT, AgentProcess } from '@sallyport/lab/agent-process';
import { A, until } from './support/world.ts';

/* The agent with the capabilities that its unit leaves it, and no other. */

const UNIT = new URL('../packaging/systemd/sallyport-agent.service', import.meta.url);
let lab: Lab;

beforeAll(async () => {
  lab = await upLab({ name: `e2e-least-${process.pid}` });
});
afterAll(() => lab.down());

/** As systemd leaves them: all others gone from the bounding set, and none to be got back. */
function underUnit(capabilities: readonly string[]): readonly string[] {
  const kept = capabilities.map((name) => `+${name.toLowerCase().replace('cap_', '')}`);
  return ['setpriv', '--no-new-privs', `--bounding-set=${['-all', ...kept].join(',')}`, ...AGENT];
}

async function unitCapabilities(): Promise<readonly string[]> {
  const line = /^CapabilityBoundingSet=(.*)$/m.exec(await readFile(UNIT, 'utf8'))?.[1] ?? '';
  return line.split(' ');
}

test('makes, verifies and deletes a network', async () => {
  const agent = new AgentProcess(lab);
  await agent.start(underUnit(await unitCapabilities()));
  try {
    const made = await agent.call('createNetwork', {
      body: { name: A.name, egress: { ipv4: [A.address] } },
    });
    expect(made.state).toBe('Ready');
    const container = await lab.runContainer({ name: 'on-a', network: A.name });
    expect((await container.traffic('tcp', ['--target', '198.51.100.10'])).source).toBe(A.address);
    const verified = await agent.call('verify', { body: { echo: ['http://198.51.100.10/'] } });
    expect(verified.map(({ ok, observed }) => [ok, observed])).toEqual([[true, A.address]]);
    // It looks at containers and their routes too: this one was started without name servers.
    await until('violations are told', async () => {
      const found = await agent.call('violations', { query: {} });
      return found.some(({ kind }) => kind === 'inherited-dns');
    });
    await container.remove();
    await agent.call('deleteNetwork', { params: { name: A.name } });
    expect((await agent.call('doctor', {})).filter(({ level }) => level === 'error')).toEqual([]);
  } finally {
    await agent.stop();
  }
});

test('negative control: without CAP_NET_ADMIN it can not', async () => {
  const fewer = (await unitCapabilities()).filter((name) => name !== 'CAP_NET_ADMIN');
  const agent = new AgentProcess(lab);
  await agent.start(underUnit(fewer));
  try {
    const made = agent.call('createNetwork', {
      body: { name: A.name, egress: { ipv4: [A.address] } },
    });
    await expect(made).rejects.toMatchObject({ code: 'host_refused' });
  } finally {
    await agent.stop();
  }
});
