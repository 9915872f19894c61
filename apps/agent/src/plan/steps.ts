import type { DockerNetworkRequest } from '../ports/docker.ts';
import type { FlowsRequest, NatRule } from '../ports/host.ts';
import type { NftDelta, NftTable } from '../ports/nft.ts';
import type { Shape } from '../ports/shaping.ts';
import type { RoutingDelta } from '../ports/routing.ts';

/**
 * Every kind of step and what it needs. The planner makes steps and execute/ carries them out; a new
 * kind does not compile until both know it.
 */
export interface StepArguments {
  'sysctl.write': { readonly path: string; readonly value: string };
  'routing.change': RoutingDelta;
  'table.replace': { readonly table: NftTable };
  'table.change': { readonly delta: NftDelta };
  'table.delete': null;
  'docker.create': DockerNetworkRequest;
  'docker.remove': { readonly id: string };
  'flows.end': {
    readonly requests: readonly FlowsRequest[];
    /** By network id: the egress to which its flows are brought by this. */
    readonly settles: ReadonlyMap<string, string>;
  };
  'bandwidth.set': Shape;
  'nat-rule.remove': { readonly rule: NatRule };
  'docker-user.set': { readonly rules: readonly (readonly string[])[] };
  'docker-user.lead': null;
}

export type StepKind = keyof StepArguments;

/** One change to the host. */
export type Step = {
  readonly [K in StepKind]: {
    readonly kind: K;
    readonly args: StepArguments[K];
    /** The network that it is for; null: for all of them. */
    readonly network: string | null;
    /** One sentence: what is not as it should be. */
    readonly why: string;
  };
}[StepKind];

/**
 * Steps by which the host becomes safe. When one fails, what comes after it in a plan would run
 * without its protection, so the run ends there.
 */
export const GUARDING: ReadonlySet<StepKind> = new Set([
  'sysctl.write',
  'routing.change',
  'table.replace',
  'table.change',
]);

/**
 * Steps that no later step waits for, carried out beside them. A new network's former flows, for one:
 * the guard stops them already, and Docker takes its time meanwhile.
 */
export const BESIDE: ReadonlySet<StepKind> = new Set(['flows.end']);

/**
 * Steps that take away what somebody else made for the same purpose. They wait until all else of a run
 * has succeeded: a wish that fails is taken back, and what they took would be missing then.
 */
export const TAKING_OVER: ReadonlySet<StepKind> = new Set(['nat-rule.remove']);

/** Steps without which a wish is fulfilled all the same; the loop tries them again. */
export const DISPENSABLE: ReadonlySet<StepKind> = new Set([
  'nat-rule.remove',
  'docker-user.set',
  'docker-user.lead',
]);
