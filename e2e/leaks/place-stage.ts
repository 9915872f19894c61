import { runEchoContainer, startHostEcho } from '../support/echo-server.ts';
import { A, B, type Subject, type World, upWorld } from '../support/world.ts';
import { healAgent, type Pace, paceOf, type Stage } from './stage.ts';

/** A container that can do anything, and places that it must not reach though they answer. */
export interface PlaceStage extends Stage {
  /** On the first network, with NET_ADMIN. */
  readonly a: Subject;
  /** On the second network, idle. */
  readonly b: Subject;
  /** Addresses by what they are. */
  readonly places: Readonly<Record<string, string>>;
  /** Whether the container gets an answer from this address within half a second. */
  readonly reached: (target: string) => Promise<boolean>;
}

export const METADATA = '169.254.169.254';
/** An address of the other managed network. */
export const NEIGHBOUR = '10.208.1.2';

/** IPv6 in a container, which Docker switches off; without accept_dad it is usable at once (RFC 4862, 5.4). */
const SYSCTLS = [
  'all.disable_ipv6=0',
  'default.disable_ipv6=0',
  'default.accept_dad=0',
  'default.accept_ra=2',
];

export async function upPlaceStage(name: string, { long }: Pace): Promise<PlaceStage> {
  const world = await upWorld(name, { ipv6: true });
  await world.createGuideNetworks();
  const extra = SYSCTLS.flatMap((each) => ['--sysctl', `net.ipv6.conf.${each}`]);
  const a = await world.subject('on-a', A.name, { extra: ['--cap-add', 'NET_ADMIN', ...extra] });
  const b = await world.subject('idle-b', B.name);
  await startHostEcho(world);
  await world.lab.wan.addServiceAddress(`${METADATA}/32`);
  const places = await makePlaces(world);
  return {
    ...paceOf(long),
    world,
    a,
    b,
    places,
    reached: async (target) =>
      (await a.container.traffic('tcp', ['--target', target, '--timeout', '0.5'])).ok,
    heal: () => healAgent(world),
  };
}

async function makePlaces(world: World): Promise<PlaceStage['places']> {
  const echo = async (name: string, network: string) =>
    (await runEchoContainer(world, name, network)).address;
  return {
    'the host by its main address': '192.168.4.53',
    'the host by its own egress address': A.address,
    'the host by its own bridge': '10.208.0.1',
    'the host by the bridge of another network': '10.208.1.1',
    'the host by Docker’s default bridge': '172.17.0.1',
    'a container of the default bridge': await echo('plain', 'bridge'),
    'a container of another managed network': await echo('on-b', B.name),
    'a container of the same network': await echo('beside', A.name),
    'the metadata service': METADATA,
  };
}
