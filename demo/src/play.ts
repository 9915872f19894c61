import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '@sallyport/lab/agent-process';
import type { Lab } from '@sallyport/lab/lab';
import { startAgent } from './host-agent.ts';
import { askFrom, type Seen } from './seen.ts';
import type { Kept, Stage } from './stage.ts';

/** The guide's networks, and what must be seen of each beyond the host. */
const NETWORKS = [
  {
    name: 'z_custom_a',
    container: 'browser-a',
    address: '192.168.4.153',
    uplink: 'enp0s3',
    more: [],
  },
  {
    name: 'z_custom_b',
    container: 'browser-b',
    address: '192.168.56.103',
    uplink: 'enp0s8',
    more: ['--gateway', '192.168.56.1'],
  },
] as const;
/** A container on Docker's default bridge, which nobody manages. */
const PLAIN = {
  name: 'bridge',
  container: 'plain',
  address: '192.168.4.53',
  uplink: 'enp0s3',
} as const;
const TAKEN = '192.168.4.153/24';
const UPLINK = 'enp0s3';
const RECOVERY_MS = 10_000;

/** The guide's scenario; answers every promise and whether it was kept. */
export async function play(lab: Lab, stage: Stage, signal: AbortSignal): Promise<readonly Kept[]> {
  stage.chapter('The host has two uplinks and three addresses. The agent starts on it.');
  const agent = await startAgent(lab);
  await show(agent, stage, ['host']);

  stage.chapter('Two networks, each with its own way out.');
  for (const { name, address, more } of NETWORKS) {
    await show(agent, stage, ['network', 'create', name, '--egress-ip', address, ...more]);
  }
  await show(agent, stage, ['network', 'list']);

  stage.chapter(
    'A container on each, and one on Docker’s default bridge. Seen from beyond the host:',
  );
  const places = [...NETWORKS, PLAIN];
  for (const { name, container } of places) {
    signal.throwIfAborted();
    await lab.runContainer({ name: container, network: name, dns: ['198.51.100.10'] });
  }
  const kept: Kept[] = [];
  for (const place of places) {
    kept.push(stage.tell(await isSeenAs(lab, place)));
  }
  const verified = await show(agent, stage, ['network', 'verify']);
  kept.push(
    stage.tell({
      promise: 'the agent, asking from inside both networks, finds the same',
      kept: verified === 0,
      seen: verified === 0 ? 'every answer is the egress address' : `exit code ${verified}`,
    }),
  );

  stage.chapter(`The address ${TAKEN} is taken away from ${UPLINK}.`);
  kept.push(...(await takeAway(lab, agent, stage)));
  stage.chapter(`The address ${TAKEN} comes back.`);
  kept.push(stage.tell(await putBack(lab)));
  await show(agent, stage, ['network', 'list']);
  await show(agent, stage, ['events', '--limit', '6']);
  return kept;
}

type Place = (typeof NETWORKS)[number] | typeof PLAIN;

async function isSeenAs(lab: Lab, place: Place): Promise<Kept> {
  const seen = await askFrom(lab, place.container);
  return {
    promise: `a container on ${place.name} is seen as ${place.address} on ${place.uplink}`,
    kept: isOnly(seen, place),
    seen: describe(seen),
  };
}

async function takeAway(lab: Lab, agent: AgentProcess, stage: Stage): Promise<readonly Kept[]> {
  const [a, b] = NETWORKS;
  await lab.host.removeAddress(UPLINK, TAKEN);
  stage.command(`ip address delete ${TAKEN} dev ${UPLINK}`);
  const gone = await askFrom(lab, a.container);
  await show(agent, stage, ['network', 'list']);
  const { stdout } = await agent.run('network', 'show', a.name, '--json');
  return [
    stage.tell({
      promise: `nothing of ${a.name} leaves, by no address and on no uplink`,
      kept: !gone.answered && gone.sources.length === 0,
      seen: describe(gone),
    }),
    stage.tell({
      promise: `${a.name} says that it is Blocked`,
      kept: stateOf(stdout).startsWith('Blocked'),
      seen: stateOf(stdout),
    }),
    stage.tell(await isSeenAs(lab, b)),
  ];
}

async function putBack(lab: Lab): Promise<Kept> {
  const [a] = NETWORKS;
  await lab.host.addAddress(UPLINK, TAKEN);
  const begun = Date.now();
  for (;;) {
    const seen = await askFrom(lab, a.container, 0.3);
    const elapsed = Date.now() - begun;
    if (seen.answered || elapsed > RECOVERY_MS) {
      return {
        promise: `${a.name} recovers by itself`,
        kept: isOnly(seen, a),
        seen: `${describe(seen)}, ${elapsed} ms after the address was back`,
      };
    }
    await sleep(50);
  }
}

function isOnly({ answered, sources }: Seen, { address, uplink }: Place): boolean {
  return (
    answered &&
    sources.length > 0 &&
    sources.every((one) => one.source === address && one.uplink === uplink)
  );
}

function describe({ answered, sources }: Seen): string {
  if (sources.length === 0)
    return answered ? 'answered, but not captured' : 'no answer, and no packet on any uplink';
  const list = sources.map(({ source, uplink }) => `${source} on ${uplink}`).join(', ');
  return answered ? list : `no answer, but packets: ${list}`;
}

function stateOf(json: string): string {
  try {
    const { state, reason } = JSON.parse(json) as {
      readonly state: string;
      readonly reason: string;
    };
    return `${state}, ${reason}`;
  } catch {
    return json;
  }
}

async function show(agent: AgentProcess, stage: Stage, args: readonly string[]): Promise<number> {
  stage.command(`sallyport ${args.join(' ')}`);
  const { code, stdout, stderr } = await agent.run(...args);
  stage.output(stdout + stderr);
  return code;
}
