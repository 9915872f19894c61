import { EventEmitter, on } from 'node:events';
import type { CallInput, CallOutput, Client } from '@sallyport/contract/client';
import { ENDPOINTS, type EndpointName } from '@sallyport/contract/endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import type { AgentEvent } from '@sallyport/contract/host';
import type { NetworkView } from '@sallyport/contract/network';
import { FakeSessions } from './fake-sessions.ts';
import type { AgentLink } from '../src/agent/agent-link.ts';

/** An agent in memory, with networks that tests set. Refuses as the real one does. */
export interface FakeAgent {
  readonly link: AgentLink;
  readonly networks: Map<string, NetworkView>;
  readonly sessions: FakeSessions;
  /** Docker images that were pulled. */
  readonly pulled: string[];
  /** Connects to displays; null: none answers. */
  display: AgentLink['display'] | null;
  /** What was asked, in whose name. */
  readonly asked: {
    readonly actor: string;
    readonly name: EndpointName;
    readonly input: unknown;
  }[];
  /** Whether its socket answers. */
  reachable: boolean;
  /** Tells those who follow. */
  readonly tell: (event: AgentEvent) => void;
}

type Answers = {
  readonly [N in EndpointName]?: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>>;
};

export function networkNamed(name: string, more: Partial<NetworkView> = {}): NetworkView {
  return {
    id: `id-of-${name}`,
    name,
    subnet: '172.19.0.0/16',
    subnet6: null,
    bridge: `sp-${name}`,
    egress: { ipv4: ['192.0.2.10'], ipv6: [] },
    route: 'uplink',
    gateway: null,
    gateway6: null,
    uplink: 'enp0s3',
    nextHop: '192.0.2.1',
    uplink6: null,
    nextHop6: null,
    dns: [],
    destinations: { preset: 'internet-only', allow: [], deny: [], hostServices: [] },
    fallback: [],
    leaving: null,
    assign: 'shared',
    onChange: 'reset',
    strict: false,
    bandwidth: { upload: null, download: null },
    origin: 'created',
    state: 'Ready',
    reason: 'Everything is in place.',
    remedy: '',
    conditions: [],
    createdAt: 1_790_000_000_000,
    ...more,
  };
}

export function createFakeAgent(): FakeAgent {
  const networks = new Map<string, NetworkView>();
  const sessions = new FakeSessions();
  const network = (name: string): NetworkView => {
    const found = networks.get(name);
    if (found !== undefined) return found;
    throw new SallyportError('network_not_found', `There is no network ${name}.`);
  };
  const answers: Answers = {
    events: () => [],
    settings: () => [],
    listNetworks: () => [...networks.values()],
    showNetwork: ({ params }) => network(params.name),
    createNetwork: ({ body }) => {
      if (networks.has(body.name)) {
        throw new SallyportError('network_exists', `The network ${body.name} is there.`);
      }
      const egress = { ipv4: [...body.egress.ipv4], ipv6: [] };
      networks.set(body.name, networkNamed(body.name, { egress }));
      return network(body.name);
    },
    deleteNetwork: ({ params }) => {
      const gone = network(params.name);
      networks.delete(params.name);
      return gone;
    },
    // Only what it creates and prunes; the real one also compares.
    apply: ({ body }) => {
      const wanted = body.document.networks ?? [];
      const names = new Set<string>(wanted.map(({ name }) => name));
      const changes = [
        ...[...names].map((name) => ({
          action: networks.has(name) ? ('unchanged' as const) : ('create' as const),
          network: name,
          details: [],
        })),
        ...[...networks.keys()]
          .filter((name) => !names.has(name))
          .map((name) => ({
            action: body.prune === true ? ('delete' as const) : ('extra' as const),
            network: name,
            details: [],
          })),
      ];
      if (body.dryRun === true) return { changes, applied: false };
      for (const { action, network: name } of changes) {
        if (action === 'create') networks.set(name, networkNamed(name));
        if (action === 'delete') networks.delete(name);
      }
      return { changes, applied: true };
    },
    exportDocument: () => ({ networks: [] }),
    listSessions: () => sessions.list(),
    createSession: ({ body }) => {
      network(body.network);
      return sessions.create(body);
    },
    showSession: ({ params }) => sessions.show(params.id),
    startSession: ({ params }) => sessions.start(params.id),
    launchSession: ({ params }) => sessions.launch(params.id),
    stopSession: ({ params }) => sessions.stop(params.id),
    pauseSession: ({ params }) => sessions.pause(params.id),
    resumeSession: ({ params }) => sessions.resume(params.id),
    deleteSession: ({ params }) => sessions.remove(params.id),
    sessionLogs: ({ params }) => ({ text: `logs of ${sessions.show(params.id).id}` }),
    verifySession: ({ params }) =>
      sessions.verify(params.id, network(sessions.show(params.id).network).egress.ipv4),
    verify: ({ body }) =>
      (body.networks ?? []).map((name) => ({
        network: name,
        protocol: 'tcp' as const,
        echo: 'http://198.51.100.10/',
        expected: network(name).egress.ipv4[0] ?? '',
        observed: network(name).egress.ipv4[0] ?? null,
        ok: true,
        reason: 'It leaves by its address.',
        durationMs: 1,
      })),
  };
  const assertReachable = (): void => {
    if (fake.reachable) return;
    throw new SallyportError('agent_unreachable', 'The agent can not be reached.', {
      remedy: 'Start it.',
    });
  };
  const news = new EventEmitter();
  const fake: FakeAgent = {
    tell: (event) => void news.emit('event', event),
    networks,
    sessions,
    pulled: [],
    display: null,
    asked: [],
    reachable: true,
    link: {
      follow: async function* (signal) {
        assertReachable();
        // Node.js ends this with an AbortError, as a request that is given up ends.
        for await (const [event] of on(news, 'event', { signal })) yield event as AgentEvent;
      },
      pull: async (image, { onProgress }) => {
        assertReachable();
        onProgress(50);
        fake.pulled.push(image);
        sessions.images?.add(image);
      },
      display: (id, signal) => {
        assertReachable();
        if (fake.display !== null) return fake.display(id, signal);
        throw new SallyportError('display_unreachable', 'The display does not answer.');
      },
      as: (actor) => {
        const client = async (name: EndpointName, input: unknown): Promise<unknown> => {
          assertReachable();
          fake.asked.push({ actor, name, input });
          const answer = answers[name] as ((given: unknown) => unknown) | undefined;
          if (answer === undefined) {
            throw new SallyportError('host_refused', `The fake has no answer to ${name}.`);
          }
          // As over the socket: what is not of the contract is found in the tests.
          return ENDPOINTS[name].response.parse(await answer(input));
        };
        return client as Client;
      },
    },
  };
  return fake;
}
