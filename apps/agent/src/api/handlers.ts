import type { LeaseView } from '@sallyport/contract/leases';
import type { Setting } from '@sallyport/contract/settings';
import type { DoctorService } from '../doctor/doctor.ts';
import type { EventBook } from '../events/event-book.ts';
import type { FlowService } from '../flows/flow-service.ts';
import type { HostService } from '../host/host-view.ts';
import type { NetworkService } from '../networks/service.ts';
import type { SessionService } from '../sessions/service.ts';
import type { SessionVerifier } from '../sessions/verify-session.ts';
import type { VerifyService } from '../verify/verify.ts';
import type { ViolationWatch } from '../violations/violation-watch.ts';
import type { Handlers } from './server.ts';
import { sessionHandlers } from './session-handlers.ts';

interface Services {
  readonly networks: NetworkService;
  readonly host: HostService;
  readonly settings: readonly Setting[];
  readonly doctor: DoctorService;
  readonly verify: VerifyService;
  readonly violations: Pick<ViolationWatch, 'list'>;
  readonly leases: { list(network: string | null): LeaseView[] };
  readonly flows: Pick<FlowService, 'search' | 'counters'>;
  readonly events: EventBook;
  readonly sessions: SessionService;
  readonly sessionVerifier: SessionVerifier;
}

/** Which service answers which endpoint. */
export function createHandlers({
  networks,
  host,
  settings,
  doctor,
  verify,
  violations,
  leases,
  flows,
  events,
  sessions,
  sessionVerifier,
}: Services): Handlers {
  return {
    host: () => host.view(),
    settings: async () => [...settings],
    doctor: () => doctor.examine(),
    listNetworks: async () => [...networks.list()],
    createNetwork: ({ body, actor }) => networks.create(body, actor),
    showNetwork: async ({ params }) => networks.show(params.name),
    updateNetwork: ({ params, body, actor }) => networks.update(params.name, body, actor),
    deleteNetwork: ({ params, actor }) => networks.delete(params.name, actor),
    listAdoptable: async () => [...(await networks.adoptable())],
    adoptNetwork: ({ params, body, actor }) =>
      networks.adopt({ ...body, name: params.name }, actor),
    verify: ({ body, signal }) => verify.verify(body, signal),
    violations: async ({ query }) => {
      const { network } = query;
      return violations.list(network === undefined ? null : networks.find(network).name);
    },
    leases: async ({ query: { network } }) =>
      leases.list(network === undefined ? null : networks.find(network).name),
    flows: ({ query }) => flows.search(query),
    counters: ({ query: { network } }) =>
      flows.counters(network === undefined ? null : networks.find(network).name),
    apply: ({ body, actor }) => networks.apply(body, actor),
    reconcile: ({ actor }) => networks.reconcile(actor),
    exportDocument: async () => networks.exportDocument(),
    events: ({ query }) => events.read(query.limit, query.network ?? null),
    followEvents: ({ signal }) => events.follow(signal),
    ...sessionHandlers(sessions, sessionVerifier),
  };
}
