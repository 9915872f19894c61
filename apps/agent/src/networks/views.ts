import type { NetworkSpec } from '@sallyport/core/network';
import type { Document } from '@sallyport/contract/document';
import type { NetworkView } from '@sallyport/contract/network';
import type { Destinations } from '@sallyport/core/destinations';
import type { NetworkStatus } from '../reconcile/judge.ts';

const NOT_YET: NetworkStatus = {
  state: 'Pending',
  reason: 'it was accepted and is being made',
  remedy: '',
  uplink: null,
  nextHop: null,
  uplink6: null,
  nextHop6: null,
  leaving: null,
  conditions: [],
};

/** A network as the API shows it. */
export function networkView(spec: NetworkSpec, status: NetworkStatus = NOT_YET): NetworkView {
  const { id, name, subnet, bridge, egress, route, gateway, dns, origin, createdAt } = spec;
  const { state, reason, remedy, uplink, nextHop, uplink6, nextHop6, conditions } = status;
  return {
    id,
    name,
    subnet,
    subnet6: spec.subnet6,
    bridge,
    egress: { ipv4: [...egress.ipv4], ipv6: [...egress.ipv6] },
    fallback: [...spec.fallback],
    leaving: status.leaving,
    assign: spec.assign,
    onChange: spec.onChange,
    route,
    gateway,
    gateway6: spec.gateway6,
    uplink,
    nextHop,
    uplink6,
    nextHop6,
    dns: [...dns],
    destinations: copyOf(spec.destinations),
    strict: spec.strict,
    bandwidth: { ...spec.bandwidth },
    origin,
    state,
    reason,
    remedy,
    conditions: [...conditions],
    createdAt,
  };
}

/** The document that makes these networks again. */
export function exportDocument(specs: readonly NetworkSpec[]): Document {
  return {
    networks: specs
      .filter(({ deleting }) => !deleting)
      .map(
        ({
          name,
          egress,
          fallback,
          assign,
          onChange,
          route,
          gateway,
          gateway6,
          subnet,
          subnet6,
          dns,
          destinations,
          bandwidth,
          strict,
        }) => ({
          name,
          egress: { ipv4: [...egress.ipv4], ipv6: [...egress.ipv6] },
          fallback: [...fallback],
          assign,
          onChange,
          route,
          gateway,
          gateway6,
          subnet,
          subnet6,
          dns: [...dns],
          destinations: copyOf(destinations),
          bandwidth: { ...bandwidth },
          strict,
        }),
      ),
  };
}

/** Lists that the caller may keep. */
function copyOf({ preset, allow, deny, hostServices }: Destinations) {
  return { preset, allow: [...allow], deny: [...deny], hostServices: [...hostServices] };
}
