import { setTimeout as sleep } from 'node:timers/promises';
import { connectDisplay } from './adapters/display-socket.ts';
import { createDockerSessions } from './adapters/docker-sessions.ts';
import { resolveHostPath } from './adapters/host-paths.ts';
import { askInside } from './adapters/inside-prober.ts';
import type { AgentConfig } from './config.ts';
import type { RecordEvent } from './events/recorded-event.ts';
import type { NetworkService } from './networks/service.ts';
import type { Docker } from './ports/docker.ts';
import type { Clock } from './ports/host.ts';
import type { Routing } from './ports/routing.ts';
import { Displays } from './sessions/displays.ts';
import { randomPassword } from './sessions/plan-container.ts';
import { SessionService } from './sessions/service.ts';
import { SessionWatch } from './sessions/session-watch.ts';
import type { Lease } from './ports/store.ts';
import { SessionVerifier } from './sessions/verify-session.ts';

interface Surroundings {
  readonly ports: { readonly docker: Docker; readonly routing: Routing };
  readonly networks: Pick<NetworkService, 'findLeaving'>;
  readonly leases: () => readonly Lease[];
  readonly clock: Clock;
  readonly record: RecordEvent;
  readonly onFailure: (error: unknown) => void;
}

/** Whoever can write there is root of the host, or reads what others do. */
const DOCKERS_OWN = ['/var/lib/docker', '/run/docker', '/run/containerd', '/run/docker.sock'];

/** The part of the agent that deals with sessions, wired. */
export function composeSessions(
  config: AgentConfig,
  { ports, networks, leases, clock, record, onFailure }: Surroundings,
) {
  const containers = createDockerSessions(config.dockerHost);
  const findNetwork: NetworkService['findLeaving'] = (name) => networks.findLeaving(name);
  const sessions = new SessionService({
    containers,
    docker: ports.docker,
    findNetwork,
    policy: config.sessions,
    dns: config.dns,
    own: [
      config.stateDir,
      config.socket,
      config.dockerHost.replace(/^unix:\/\//, ''),
      ...DOCKERS_OWN,
    ],
    resolvePath: resolveHostPath,
    connect: connectDisplay,
    password: randomPassword,
  });
  const sessionVerifier = new SessionVerifier({
    find: (id) => sessions.find(id),
    findNetwork,
    leases,
    routing: ports.routing,
    ask: askInside,
    echo: config.echo,
    dns: config.dns,
    now: () => clock.now(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  });
  const displays = new Displays({ find: (id) => sessions.find(id), connect: connectDisplay });
  const sessionWatch = new SessionWatch({
    containers,
    docker: ports.docker,
    record,
    onEnded: (containerId) => displays.cut(containerId),
    onFailure,
  });
  return { displays, sessionWatch, sessionServices: { sessions, sessionVerifier } };
}
