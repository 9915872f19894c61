import { createIpNeighbours } from './adapters/ip-neighbours.ts';
import { run } from './adapters/run.ts';
import type { WayHealth } from './plan/find-way.ts';
import type { Clock } from './ports/host.ts';
import { FallbackChoice } from './reconcile/fallback-choice.ts';
import { GatewayWatch, routersOf } from './reconcile/gateway-watch.ts';
import type { RunReport } from './reconcile/reconciler.ts';

interface Surroundings {
  readonly clock: Clock;
  /** Asks for a run of the loop. */
  readonly onChange: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** The part of the agent that lets listed addresses stand in, wired. */
export function composeFallback({ clock, onChange, onFailure }: Surroundings) {
  const choice = new FallbackChoice(() => clock.now());
  const gateways = new GatewayWatch({
    neighbours: createIpNeighbours(run),
    onChange,
    isDue: () => choice.isDue(),
    onFailure,
  });
  const health: WayHealth = {
    pick: choice.pick,
    isSilent: (router) => gateways.isSilent(router),
  };
  return {
    health,
    /** Takes over what a run of the loop has found. */
    publish({ resolution }: RunReport): void {
      choice.keep(resolution.networks.map(({ spec }) => spec));
      gateways.watch(routersOf(resolution));
    },
    start: () => gateways.start(),
    stop: () => gateways.stop(),
  };
}
