import type { Family } from '@sallyport/core/ipv6';

/** An address of an interface, as `ip -j address` gives it. */
export interface LinkAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
  readonly scope: string;
  /** Flags that make an address unusable for now: deprecated, tentative, dadfailed. */
  readonly flags: readonly string[];
}

export interface Link {
  readonly name: string;
  readonly index: number;
  /** Name of the bridge or bond that it belongs to. */
  readonly master: string | null;
  /** Administratively up and with carrier (IFF_UP and IFF_LOWER_UP). */
  readonly up: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  readonly addresses: readonly LinkAddress[];
}

/** A route; its destination tells the family. */
export interface Route {
  /** Number of the table; main is 254. */
  readonly table: number;
  readonly type: 'unicast' | 'unreachable' | 'other';
  /** Prefix with length; the default routes are `0.0.0.0/0` and `::/0`. */
  readonly destination: string;
  readonly device: string | null;
  readonly gateway: string | null;
  readonly metric: number;
  /** `link` for a directly connected prefix, otherwise mostly `global`. */
  readonly scope: string;
  /** Set where the next hop is not within a connected prefix of the device (flag `onlink`). */
  readonly onlink: boolean;
}

/** A policy routing rule within our range of priorities. */
export interface Rule {
  readonly family: Family;
  readonly priority: number;
  /** null: from everywhere. */
  readonly from: string | null;
  readonly to: string | null;
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly action:
    | {
        readonly kind: 'lookup';
        readonly table: number;
        readonly suppressPrefixLength: number | null;
      }
    | { readonly kind: 'unreachable' };
}

/** Changes to rules and routes, carried out in this order: routes added, rules added, rules deleted, routes deleted. */
export interface RoutingDelta {
  readonly addRoutes: readonly Route[];
  readonly addRules: readonly Rule[];
  readonly removeRules: readonly Rule[];
  readonly removeRoutes: readonly Route[];
}

/** Interfaces, routes and rules as they are now. */
export interface RoutingFacts {
  readonly links: readonly Link[];
  /** Routes of both families, of all tables but `local`. */
  readonly routes: readonly Route[];
  /** Rules whose priority lies within our range, whoever made them. */
  readonly rules: readonly Rule[];
}

/** Interfaces, routes and rules of the network namespace in which the agent runs. */
export interface Routing {
  observe(): Promise<RoutingFacts>;
  /** Adding what exists and removing what does not are both fine. Throws with the first refusal. */
  apply(delta: RoutingDelta): Promise<void>;
  /** Commands of ip(8) that add these rules, one a line, each with its family; for the guard at boot. */
  textOf(rules: readonly Rule[]): string;
}
