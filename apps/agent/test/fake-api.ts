import { pino } from 'pino';
import { parseCidr4 } from '@sallyport/core/cidr4';
import { createHandlers } from '../src/api/handlers.ts';
import { buildServer } from '../src/api/server.ts';
import { DoctorService } from '../src/doctor/doctor.ts';
import { EventBook } from '../src/events/event-book.ts';
import { HostService } from '../src/host/host-view.ts';
import type { Prober } from '../src/ports/prober.ts';
import { leaseViews } from '../src/networks/lease-views.ts';
import { FlowService } from '../src/flows/flow-service.ts';
import { VerifyService } from '../src/verify/verify.ts';
import { ViolationWatch } from '../src/violations/violation-watch.ts';
import { readSessionPolicy } from '../src/sessions/policy.ts';
import { SessionService } from '../src/sessions/service.ts';
import { SessionVerifier } from '../src/sessions/verify-session.ts';
import { startFakeAgent } from './fake-agent.ts';
import { FakeSessions } from './fakes/fake-sessions.ts';
import { FakeFlowStore } from './fakes/fake-flow-store.ts';
import { FakeFlowTracker } from './fakes/fake-flow-tracker.ts';
import { createGuideHost } from './fakes/fake-host.ts';
import { FakeKept } from './fakes/fake-kept.ts';
import { ABLE } from './fakes/fake-own-process.ts';

/** Sees every network leave by the address of the guide's first one. */
const PROBER: Prober = {
  ask: async (_, questions) => questions.map(() => ({ observed: '192.168.4.153', durationMs: 1 })),
};

/** The API as the socket serves it, over an agent on a fake host. Does not listen. */
export async function startFakeApi(host = createGuideHost()) {
  const agent = await startFakeAgent(host);
  const { ports, clock, eventLog } = host;
  const specs = () => agent.desired.current.networks;
  const events = new EventBook({ log: eventLog, clock, onLost: () => undefined });
  const containers = new FakeSessions();
  const findNetwork = agent.networks.find.bind(agent.networks);
  const sessions = new SessionService({
    containers,
    docker: ports.docker,
    findNetwork,
    policy: readSessionPolicy({}),
    dns: [],
    own: [],
    resolvePath: async () => null,
    connect: async () => {
      throw new Error('nobody listens');
    },
    password: () => 'password',
  });
  const services = {
    sessions,
    sessionVerifier: new SessionVerifier({
      find: (id) => sessions.find(id),
      findNetwork,
      leases: () => agent.desired.current.leases,
      routing: ports.routing,
      ask: async (_, questions) =>
        questions.map(() => ({ observed: '192.168.4.153', durationMs: 1 })),
      echo: ['http://198.51.100.10/'],
      dns: [],
      now: () => clock.now(),
      sleep: async () => undefined,
    }),
    networks: agent.networks,
    events,
    host: new HostService({
      ports,
      specs,
      pool: { prefix: parseCidr4('10.208.0.0/12'), size: 24 },
      kernel: '6.1.0-28-amd64',
      version: '0.0.0',
      startedAt: clock.now(),
      stateDir: '/var/lib/sallyport',
    }),
    settings: [],
    doctor: new DoctorService({ ports, specs, lost: () => agent.desired.lost, own: ABLE }),
    violations: new ViolationWatch({
      docker: ports.docker,
      readRoutes: async () => [],
      clock,
      record: (event) => events.record(event),
      kept: new FakeKept(),
      onChange: () => undefined,
      onFailure: () => undefined,
    }),
    leases: {
      list: (network: string | null) => leaseViews(agent.desired.current, network, clock.now()),
    },
    flows: new FlowService({
      tracker: new FakeFlowTracker(),
      store: new FakeFlowStore(),
      docker: ports.docker,
      nft: ports.nft,
      clock,
      kept: new FakeKept(),
      onScarce: () => undefined,
      onFailure: () => undefined,
    }),
    verify: new VerifyService({
      prober: PROBER,
      ports,
      find: (name) => agent.networks.find(name),
      all: specs,
      echo: [],
    }),
  };
  const handlers = createHandlers(services);
  const logger = pino({ level: 'silent' });
  return {
    host,
    agent,
    containers,
    events,
    handlers,
    logger,
    server: buildServer(handlers, logger),
  };
}
