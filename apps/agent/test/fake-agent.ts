import { FallbackChoice } from '../src/reconcile/fallback-choice.ts';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { parseIpv4 } from '@sallyport/core/ipv4';
import { DEFAULT_POOL6 } from '../src/constants.ts';
import type { Router } from '../src/ports/neighbours.ts';
import type { Placed } from '../src/plan/leases.ts';
import type { RecordedEvent } from '../src/events/recorded-event.ts';
import { hostHasOurs } from '../src/networks/recover.ts';
import { NetworkService } from '../src/networks/service.ts';
import { isMaking } from '../src/plan/plan.ts';
import { NO_STRAYS, type Strays } from '../src/plan/table-strays.ts';
import { DesiredStore } from '../src/reconcile/desired-store.ts';
import { Reconciler, type RunReport } from '../src/reconcile/reconciler.ts';
import type { Request } from '../src/reconcile/request.ts';
import { SingleFlight } from '../src/reconcile/single-flight.ts';
import type { FakeHost } from './fakes/fake-host.ts';

const POOL = { prefix: parseCidr4('10.208.0.0/12'), size: 24 };
const pools = { ipv4: POOL.prefix, ipv6: DEFAULT_POOL6.prefix };

/** The agent's mind without its process: what compose.ts wires, over a fake host. */
export interface FakeAgent {
  readonly networks: NetworkService;
  readonly desired: DesiredStore;
  /** What the service has told, in order. */
  readonly told: readonly RecordedEvent[];
  run(request?: Request): Promise<RunReport>;
}

/** Starts an agent on the host, as after a boot or a crash: it knows what the disk and the host tell. */
export async function startFakeAgent(
  host: FakeHost,
  strays: () => Strays | null = () => NO_STRAYS,
  placed: () => readonly Placed[] | null = () => [],
): Promise<FakeAgent> {
  const { ports, store, clock } = host;
  const health = {
    pick: new FallbackChoice(() => clock.now()).pick,
    isSilent: ({ device, gateway }: Router) => host.silent.has(`${device} ${gateway}`),
  };
  const desired = new DesiredStore(store);
  await desired.load(await hostHasOurs(ports));
  const reconciler = new Reconciler({
    ports,
    desired,
    store,
    clock,
    pools,
    strays,
    placed,
    health,
  });
  const flight = new SingleFlight(async (requests: readonly Request[]) => {
    const report = await reconciler.run(requests);
    networks.publish(report);
    return report;
  });
  const run = async (request: Request = 'test'): Promise<RunReport> => {
    const report = await flight.request([request]);
    // As Docker's event stream does where a network was made.
    if (report.done.some(isMaking)) {
      const event = { reason: 'Docker: network create', watches: ['docker'] } as const;
      await flight.request([event]).catch(() => undefined);
    }
    return report;
  };
  const told: RecordedEvent[] = [];
  const networks = new NetworkService({
    desired,
    ports,
    defaults: {
      pool: POOL,
      pool6: DEFAULT_POOL6,
      dns: [parseIpv4('9.9.9.9')],
      id: () => clock.id(),
      now: () => clock.now(),
    },
    reconcile: run,
    record: async (event) => void told.push(event),
    scarcePorts: () => [],
  });
  return { networks, desired, told, run };
}
