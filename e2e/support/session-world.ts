import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session, SessionCreateInput } from '@sallyport/contract/sessions';
import type { LabContainer } from '@sallyport/lab/docker/container';
import { probeImage } from '@sallyport/lab/image/names';
import { upLab } from '@sallyport/lab/lab';
import { A, until, World } from './world.ts';

/** The machine beyond, which has every echo service and a name server. */
export const INTERNET = '198.51.100.10';
export const MIB = 1024 * 1024;
export const VNC = { kind: 'vnc', clipboardIn: true, clipboardOut: true } as const;

const CONFIG = `
dns: ['${INTERNET}']
echo: ['http://${INTERNET}/', 'stun://${INTERNET}']
sessions: { volumeRoots: [/srv], maxPids: 64 }
`;

/** A session with its container. */
export type Started = Session & { readonly container: LabContainer };

/** A lab with an agent that makes sessions, and one network for them. */
export class SessionWorld extends World {
  /** Makes and starts one; small, of the test image, without a display unless it is said. */
  async session(changes: Partial<SessionCreateInput> = {}): Promise<Started> {
    const body = {
      id: randomUUID(),
      image: `${probeImage}:latest`,
      network: A.name,
      display: null,
      pids: 32,
      memoryBytes: 64 * MIB,
      ...changes,
    };
    const session = await this.agent.call('createSession', { body });
    return { ...session, container: this.lab.container(session.name) };
  }

  /** Waits until its display greets. */
  async untilReady(id: string): Promise<void> {
    await until('the display is ready', async () => {
      const { display } = await this.agent.call('showSession', { params: { id } });
      return display?.ready === true;
    });
  }

  /** Waits until its processes have ended. */
  async untilEnded(id: string): Promise<Session> {
    const show = () => this.agent.call('showSession', { params: { id } });
    await until('it has ended', async () => (await show()).state === 'exited');
    return show();
  }

  async deleteSessions(): Promise<void> {
    for (const { id } of await this.agent.call('listSessions', {}))
      await this.agent.call('deleteSession', { params: { id }, query: {} });
  }
}

/** What a shell in the session says, with its exit code. */
export async function shell({ container }: Started, script: string) {
  const { code, stdout, stderr } = await container.exec('/bin/sh', ['-c', script]);
  return { code, said: `${stdout}${stderr}` };
}

/** Puts it up. @param name unique on the machine */
export async function upSessionWorld(name: string): Promise<SessionWorld> {
  const lab = await upLab({ name: `e2e-${name}-${process.pid}` });
  try {
    const config = join(lab.layout.runDir, 'agent.yaml');
    await writeFile(config, CONFIG);
    const world = new SessionWorld(lab, { args: ['--config', config] });
    await world.agent.start();
    await world.agent.call('createNetwork', {
      body: { name: A.name, egress: { ipv4: [A.address] }, dns: [INTERNET] },
    });
    return world;
  } catch (error) {
    await lab.down();
    throw error;
  }
}
