import type { Condition, NetworkSpec, NetworkState } from '@sallyport/core/network';
import { SallyportError } from '@sallyport/contract/errors';
import type { StepFailure } from '../execute/execute-plan.ts';
import type { Actual } from '../observe/actual.ts';
import type { Step } from '../plan/steps.ts';
import { byName } from '../plan/by-name.ts';
import { type DockerMatch, matchDocker } from '../plan/plan-docker.ts';
import type { ResolvedNetwork } from '../plan/resolve.ts';
import {
  addressCondition,
  exitConditions,
  leavingBy,
  leavingByWays,
  shown,
} from './describe-exits.ts';
import { judgeForwarding } from './judge-forwarding.ts';

/** How a network stands, for people: a state, one sentence, one remedy, and the details. */
export interface NetworkStatus {
  readonly state: NetworkState;
  readonly reason: string;
  readonly remedy: string;
  readonly uplink: string | null;
  readonly nextHop: string | null;
  readonly uplink6: string | null;
  readonly nextHop6: string | null;
  /** The IPv4 address by which a network with fallbacks leaves now. */
  readonly leaving: string | null;
  readonly conditions: readonly Condition[];
}

interface Evidence {
  /** The host after the last step. */
  readonly actual: Actual;
  readonly failures: readonly StepFailure[];
  /** What would still have to be done. */
  readonly remaining: readonly Step[];
}

type Verdict = Pick<NetworkStatus, 'state' | 'reason' | 'remedy'>;

/** Pure. The worst thing decides the state; everything is listed as a condition. */
export function judge(resolved: ResolvedNetwork, evidence: Evidence): NetworkStatus {
  const { spec } = resolved;
  const network = judgeForwarding(resolved, evidence.actual);
  const match = matchDocker(spec, evidence.actual.docker.networks);
  const conditions = [
    ...exitConditions(resolved),
    ...(spec.egress.ipv6.length === 0
      ? []
      : [network.blocked6 ?? addressCondition(spec.egress.ipv6)]),
    ...network.conditions,
    dockerCondition(spec, match, evidence.actual.docker.error),
    ...bridgeCondition(spec, match, evidence.actual.links),
    ...masqueradeCondition(spec, match),
    dataPlaneCondition(evidence.remaining),
  ];
  const verdict =
    failureVerdict(spec, evidence.failures) ??
    deletingVerdict(spec) ??
    failedCondition(conditions, 'DockerNetwork', match.kind === 'missing' ? 'Pending' : 'Error') ??
    failedCondition(conditions, 'Bridge', 'Error') ??
    failedCondition(conditions, 'DataPlane', 'Pending') ??
    blockedVerdict(network) ??
    readyVerdict(network);
  const [uplink, nextHop] = shown(network.exits.map(({ way }) => way));
  const [uplink6, nextHop6] = shown([network.way6]);
  const leaving = spec.fallback.length === 0 ? null : (network.exits[0]?.address ?? null);
  return { ...verdict, uplink, nextHop, uplink6, nextHop6, leaving, conditions };
}

function failureVerdict(spec: NetworkSpec, failures: readonly StepFailure[]): Verdict | null {
  const failure = failures.find(({ step }) => step.network === null || step.network === spec.name);
  if (failure === undefined) return null;
  const { error, step } = failure;
  const reason = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof SallyportError ? error.remedy : '';
  return { state: 'Error', reason: `${step.why}, and this failed: ${reason}`, remedy };
}

function deletingVerdict(spec: NetworkSpec): Verdict | null {
  return spec.deleting ? { state: 'Pending', reason: 'it is being deleted', remedy: '' } : null;
}

function failedCondition(
  conditions: readonly Condition[],
  type: string,
  state: NetworkState,
): Verdict | null {
  const failed = conditions.find((condition) => condition.type === type && !condition.ok);
  return failed === undefined ? null : { state, reason: failed.message, remedy: failed.remedy };
}

/** Blocked is a network of which nothing leaves; one family may go on while the other waits. */
function blockedVerdict({ spec, blocked, blocked6 }: ResolvedNetwork): Verdict | null {
  if (blocked === null || (spec.egress.ipv6.length > 0 && blocked6 === null)) return null;
  return {
    state: 'Blocked',
    reason: `nothing leaves, because ${blocked.message}`,
    remedy: blocked.remedy,
  };
}

function readyVerdict(network: ResolvedNetwork): Verdict {
  const { spec, exits, way6, blocked, blocked6, conditions } = network;
  const leaving = [
    ...leavingByWays(exits),
    ...(way6 === null ? [] : [leavingBy(spec.egress.ipv6, way6)]),
  ];
  const waiting = blocked ?? blocked6;
  const missing = exits.find(({ way }) => way === null)?.blocked ?? null;
  const caution = waiting ?? missing ?? conditions.find(({ ok }) => !ok);
  const family = blocked === null ? 'IPv6' : 'IPv4';
  const but =
    waiting === null ? caution?.message : `nothing of ${family}, because ${waiting.message}`;
  return {
    state: 'Ready',
    reason: `packets leave as ${leaving.join(' and as ')}${but === undefined ? '' : `, but ${but}`}`,
    remedy: caution?.remedy ?? '',
  };
}

function dockerCondition(spec: NetworkSpec, match: DockerMatch, error: Error | null): Condition {
  const type = 'DockerNetwork';
  if (error !== null) {
    return {
      type,
      ok: false,
      message: `Docker does not answer: ${error.message}`,
      remedy: 'start Docker: systemctl start docker',
    };
  }
  if (match.kind === 'differs') {
    return {
      type,
      ok: false,
      message: `the Docker network ${spec.name} ${match.how}`,
      remedy: `remove one of the two: docker network rm ${spec.name}, or sallyport network delete ${spec.name}`,
    };
  }
  if (match.kind === 'missing') {
    const remedy =
      spec.origin === 'adopted'
        ? `it was made by hand: make it again, or sallyport network delete ${spec.name}`
        : '';
    return { type, ok: false, message: `the Docker network ${spec.name} does not exist`, remedy };
  }
  return { type, ok: true, message: `the Docker network ${spec.name} exists`, remedy: '' };
}

/** Docker makes the bridge with its network and does not notice when somebody deletes it. */
function bridgeCondition(
  { bridge }: NetworkSpec,
  match: DockerMatch,
  links: Actual['links'],
): readonly Condition[] {
  if (match.kind !== 'matches' || byName(links).has(bridge)) return [];
  return [
    {
      type: 'Bridge',
      ok: false,
      message: `the bridge ${bridge} is missing although Docker has its network`,
      remedy: 'let Docker make it anew: systemctl restart docker',
    },
  ];
}

/** Only an adopted network can have Docker's masquerade; ours are made without. */
function masqueradeCondition(spec: NetworkSpec, match: DockerMatch): readonly Condition[] {
  if (match.kind !== 'matches' || !match.network.masquerade) return [];
  return [
    {
      type: 'Masquerade',
      ok: false,
      message: `Docker masquerades ${spec.name} as well; the guard holds this back, one line of defence is missing`,
      remedy: `make it anew: docker network rm ${spec.name}, then sallyport network create ${spec.name} --egress-ip ${spec.egress.ipv4[0]}`,
    },
  ];
}

function dataPlaneCondition(remaining: readonly Step[]): Condition {
  const type = 'DataPlane';
  const open = remaining.find(({ network }) => network === null);
  return open === undefined
    ? { type, ok: true, message: 'guard, translation, routes and rules are in place', remedy: '' }
    : { type, ok: false, message: open.why, remedy: 'see: sallyport doctor' };
}
