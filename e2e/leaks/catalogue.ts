import { upCrowdStage } from './crowd-stage.ts';
import { defineGroup, type Group } from './group.ts';
import { upPlaceStage } from './place-stage.ts';
import { addresses } from './scenarios/addresses.ts';
import { agentLife } from './scenarios/agent-life.ts';
import { boots } from './scenarios/boots.ts';
import { manyChanges } from './scenarios/churn.ts';
import { destinations } from './scenarios/destinations.ts';
import { ends } from './scenarios/ends.ts';
import { firewalls } from './scenarios/firewalls.ts';
import { firstPackets } from './scenarios/first-packets.ts';
import { hostRefuses } from './scenarios/host-refuses.ts';
import { ipv6 } from './scenarios/ipv6.ts';
import { otherNetworks } from './scenarios/other-networks.ts';
import { paths } from './scenarios/paths.ts';
import { places } from './scenarios/places.ts';
import { rulesLost } from './scenarios/rules-lost.ts';
import { sysctls } from './scenarios/sysctls.ts';
import { upLoadStage } from './stage.ts';

/** Every scenario that can be played here. */
export const GROUPS: readonly Group[] = [
  defineGroup('faults', upLoadStage, [...rulesLost, ...addresses]),
  defineGroup('lives', upLoadStage, [...agentLife, ...firewalls, ...boots]),
  defineGroup('places', upPlaceStage, [
    ...places,
    ...paths,
    ...ipv6,
    ...destinations,
    ...otherNetworks,
    ...sysctls,
  ]),
  defineGroup('crowd', upCrowdStage, [...firstPackets, ...manyChanges, ...ends]),
  defineGroup('refused', upLoadStage, hostRefuses),
];

/** What is not played, and why. */
export const NOT_PLAYED: readonly { readonly id: string; readonly why: string }[] = [
  {
    id: 'L18',
    why: '`drain` has a test of its own, e2e/drain.lab.test.ts; `reset` is played',
  },
  {
    id: 'L35',
    why: '`--network host`, `--network container:x` and macvlan pass no bridge of ours and are out of reach; that they are reported is tested in e2e/violations.lab.test.ts, macvlan where the kernel has it',
  },
];
