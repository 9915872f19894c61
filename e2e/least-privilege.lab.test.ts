import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { upLab, type Lab } from '@sallyport/lab/lab';
import { AGENT, AgentProcess } from '@sallyport/lab/agent-process';
import { probeImage } from '@sallyport/lab/image/names';
import { DISPLAY_COMMAND, openDisplay } from './support/display.ts';
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

test('makes a session, passes its display on and asks from inside', async () => {
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, "echo: ['http://198.51.100.10/']");
  const agent = new AgentProcess(lab, { args: ['--config', config] });
  await agent.start(underUnit(await unitCapabilities()));
  try {
    const body = { name: A.name, egress: { ipv4: [A.address] }, dns: ['198.51.100.10'] };
    await agent.call('createNetwork', { body });
    const wish = { image: `${probeImage}:latest`, network: A.name, command: [...DISPLAY_COMMAND] };
    const display = { kind: 'vnc', clipboardIn: true, clipboardOut: true } as const;
    const profile = { volume: 'sallyport-profile-least', target: '/srv/home' };
    const id = randomUUID();
    await agent.call('createSession', { body: { ...wish, id, display, profile } });
    await until('the display is ready', async () => {
      const session = await agent.call('showSession', { params: { id } });
      return session.display?.ready === true;
    });
    const { stream } = await openDisplay(lab, id);
    stream.destroy();
    const verified = await agent.call('verifySession', { params: { id } });
    expect(verified).toMatchObject({ ok: true, observed: A.address });
    await agent.call('deleteSession', { params: { id }, query: { profile: 'delete' } });
    await agent.call('deleteNetwork', { params: { name: A.name } });
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
