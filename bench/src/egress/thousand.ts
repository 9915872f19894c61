import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '@sallyport/lab/agent-process';
import type { Lab } from '@sallyport/lab/lab';
import { limitFigure, type Measured, plainFigure } from '../figures.ts';
import { cpuMs, progress, residentMb, startAgent, withLab } from './bench-lab.ts';
import { type FakeBridge, startFakeDocker } from './fake-docker.ts';

/** Long enough for a look at 1,000 networks on a busy machine, children reaped. */
const SETTLE_MS = 1_500;
/** Longer than the waits between looks, so that the agent has come to rest after an apply. */
const REST_MS = 6_000;

/** CPU of the agent and its children for one look at 1,000 networks that finds nothing to do; its memory. */
export async function measureThousand({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const count = quick ? 100 : 1_000;
  const rounds = quick ? 5 : 20;
  return withLab('thousand', async (lab) => {
    const socket = join(lab.layout.runDir, 'fake-docker.sock');
    const docker = await startFakeDocker(socket, (bridge) => makeBridge(lab, bridge));
    try {
      const agent = await startAgent(lab, {
        env: { DOCKER_HOST: `unix://${socket}` },
        args: ['--log-level', 'debug'],
      });
      progress(`applying ${count} networks …`);
      const document = { networks: Array.from({ length: count }, (_, index) => wish(index)) };
      await agent.call('apply', { body: { document } });
      await sleep(REST_MS);
      await expectReady(agent, count);
      progress(`${rounds} rounds of nothing to do …`);
      const cost = (act: (round: number) => unknown) => costOfLook({ lab, agent, rounds }, act);
      const container = await cost(() => docker.connectEvent());
      const moved = await cost((round) => lab.host.addAddress('lo', `127.0.1.${round + 1}/32`));
      const everything = await cost(() => agent.call('reconcile', {}));
      const applies = await cost(() => agent.call('apply', { body: { document } }));
      const memory = await residentMb(agent.pid);
      await agent.stop();
      const at = `at ${count} networks, CPU with children, mean of ${rounds}`;
      return {
        series: [],
        figures: [
          limitFigure(`no-op reconcile ${at}, everything read anew`, everything.perLook, {
            below: 150,
            unit: 'ms',
          }),
          plainFigure('the same when a container has come', `${Math.round(container.perLook)} ms`),
          plainFigure('the same when an address has changed', `${Math.round(moved.perLook)} ms`),
          plainFigure(`no-op apply ${at}`, `${Math.round(applies.perRound)} ms`),
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

/** As libnetwork makes one: up, with the gateway's address, without a carrier until a container joins. */
async function makeBridge(lab: Lab, { name, address }: FakeBridge): Promise<void> {
  const lines = [
    `link add ${name} type bridge`,
    `address add ${address} dev ${name}`,
    `link set ${name} up`,
  ];
  await lab.host.exec('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** A host on which something is left to do would be measured wrong. @throws Error */
async function expectReady(agent: AgentProcess, count: number): Promise<void> {
  const networks = await agent.call('listNetworks', {});
  const ready = networks.filter(({ state }) => state === 'Ready').length;
  if (ready !== count) throw new Error(`${ready} of ${count} networks are Ready`);
}

interface Subject {
  readonly lab: Lab;
  readonly agent: AgentProcess;
  readonly rounds: number;
}

/** What each round, and each look of the reconcile loop, has cost in milliseconds of CPU. */
async function costOfLook(
  { lab, agent, rounds }: Subject,
  act: (round: number) => unknown,
): Promise<{ readonly perRound: number; readonly perLook: number }> {
  const looksBefore = await countLooks(lab);
  const cpuBefore = await cpuMs(agent.pid);
  for (let round = 0; round < rounds; round++) {
    await act(round);
    await sleep(SETTLE_MS);
  }
  const spent = (await cpuMs(agent.pid)) - cpuBefore;
  const looks = (await countLooks(lab)) - looksBefore;
  if (looks < rounds) throw new Error(`${looks} looks at the host in ${rounds} rounds`);
  progress(`  ${looks} looks in ${rounds} rounds, ${spent} ms`);
  return { perRound: spent / rounds, perLook: spent / looks };
}

/** The agent's own log tells of every look, also of those by the clock that fall into a round. */
async function countLooks(lab: Lab): Promise<number> {
  const log = await readFile(join(lab.layout.runDir, 'agent-1.log'), 'utf8');
  return log.split('"msg":"looked at the host"').length - 1;
}
