import type { DockerNetwork } from '../ports/docker.ts';
import type { ForwardChain, NatRule } from '../ports/host.ts';
import type { NftListing } from '../ports/nft.ts';
import type { Shape } from '../ports/shaping.ts';
import type { Link, Route, Rule } from '../ports/routing.ts';

/** Docker's networks, or the last known ones with the reason why Docker does not answer now. */
export interface DockerFacts {
  readonly networks: readonly DockerNetwork[];
  readonly error: Error | null;
}

/** The host as it is, as far as the agent cares. Nothing in it is remembered, but for DockerFacts. */
export interface Actual {
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly table: NftListing | null;
  readonly docker: DockerFacts;
  readonly sysctls: Readonly<Record<string, string | null>>;
  /** null: there is no chain DOCKER-USER. */
  readonly dockerUser: readonly (readonly string[])[] | null;
  /** null: there is no iptables. */
  readonly forward: ForwardChain | null;
  /** Source translation rules of others; only looked at where a network was adopted. */
  readonly natRules: readonly NatRule[];
  /** Queues that limit bridges and carry our mark. */
  readonly shapes: readonly Shape[];
}
