import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '@sallyport/lab/agent-process';
import { limitFigure, type Measured, median, plainFigure } from '../figures.ts';
import { cpuMs, progress, residentMb, startAgent, withLab } from './bench-lab.ts';
import { startFakeDocker } from './fake-docker.ts';

const SETTLE_MS = 2_500;

/** CPU of the agent and its children for one look at 1,000 networks that finds nothing to do; its memory. */
export async function measureThousand({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const count = quick ? 100 : 1_000;
  const rounds = quick ? 3 : 11;
  return withLab('thousand', async (lab) => {
    const socket = join(lab.layout.runDir, 'fake-docker.sock');
    const docker = await startFakeDocker(socket);
    try {
      const agent = await startAgent(lab, { env: { DOCKER_HOST: `unix://${socket}` } });
      progress(`applying ${count} networks …`);
      const document = { networks: Array.from({ length: count }, (_, index) => wish(index)) };
      // Bridges are missing with a fake Docker, so networks end in Error; the table and rules are real.
      await agent.call('apply', { body: { document } });
      await sleep(SETTLE_MS);
      const looks = await cpuOf(agent, rounds, (round) =>
        // An address on the loopback interface changes nothing for any network, but has to be looked at.
        lab.host.addAddress('lo', `127.0.1.${round + 1}/32`),
      );
      const applies = await cpuOf(agent, rounds, () => agent.call('apply', { body: { document } }));
      const memory = await residentMb(agent.pid);
      await agent.stop();
      return {
        series: [],
        figures: [
          limitFigure(
            `no-op reconcile at ${count} networks, CPU with children, median of ${rounds}`,
            median(looks),
            { below: 150, unit: 'ms' },
          ),
          plainFigure(
            `no-op apply at ${count} networks, CPU with children, median of ${rounds}`,
            `${Math.round(median(applies))} ms`,
          ),
          limitFigure(`resident memory of the agent at ${count} networks`, memory, {
            below: 150,
            unit: 'MB',
          }),
        ],
      };
    } finally {
      docker.stop();
    }
  });
}

function wish(index: number): { name: string; egress: { ipv4: string[] } } {
  return { name: `net${String(index).padStart(4, '0')}`, egress: { ipv4: ['192.168.4.153'] } };
}

async function cpuOf(
  agent: AgentProcess,
  rounds: number,
  act: (round: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const spent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = await cpuMs(agent.pid);
    await act(round);
    await sleep(SETTLE_MS / 2);
    spent.push((await cpuMs(agent.pid)) - before);
  }
  return spent;
}
