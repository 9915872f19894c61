import { SallyportError } from '@sallyport/contract/errors';
import type {
  DockerImage,
  PullRequest,
  Session,
  SessionCreate,
} from '@sallyport/contract/sessions';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NetworkName } from '@sallyport/core/network-name';
import { matchDocker } from '../plan/plan-docker.ts';
import type { ConnectDisplay } from '../ports/display.ts';
import type { Docker } from '../ports/docker.ts';
import type { ResolveHostPath } from '../ports/host-paths.ts';
import type { SessionContainer, SessionContainers } from '../ports/sessions.ts';
import { greets } from './greets.ts';
import { WISH_LABEL } from './labels.ts';
import { Lanes } from './lanes.ts';
import { launchSession } from './launch.ts';
import { hashWish, planContainer } from './plan-container.ts';
import type { SessionPolicy } from './policy.ts';
import { findForbidden, refuseForbidden } from './refuse-wish.ts';
import { resolveVolumes } from './resolve-volumes.ts';
import { addressOf, displayPort, networkOf, sessionView } from './session-view.ts';

interface SessionServiceOptions {
  readonly containers: SessionContainers;
  readonly docker: Pick<Docker, 'networks'>;
  /** @throws SallyportError `network_not_found`, `state_lost` */
  readonly findNetwork: (name: NetworkName) => NetworkSpec;
  readonly policy: SessionPolicy;
  /** Name servers of sessions on networks that name none. */
  readonly dns: readonly string[];
  /** Paths of the host that no session may reach. */
  readonly own: readonly string[];
  readonly resolvePath: ResolveHostPath;
  readonly connect: ConnectDisplay;
  /** A password for a display. */
  readonly password: () => string;
}

/**
 * The containers of sessions. Nothing of them is stored here: Docker is the truth, so that neither a lost state
 * nor a killed agent loses a session or makes a second one.
 */
export class SessionService {
  readonly #options: SessionServiceOptions;
  readonly #lanes = new Lanes();

  constructor(options: SessionServiceOptions) {
    this.#options = options;
  }

  async list(): Promise<Session[]> {
    const all = await this.#options.containers.list();
    return all.map((container) => sessionView(container, false));
  }

  /** @throws SallyportError `session_not_found` */
  async show(id: string): Promise<Session> {
    const container = await this.find(id);
    const address = addressOf(container);
    const port = displayPort(container);
    const asked = container.state === 'running' && address !== null && port !== null;
    const ready = asked && (await greets(this.#options.connect, { address, port }));
    return sessionView(container, ready);
  }

  /** @throws SallyportError `session_not_found` */
  async find(id: string): Promise<SessionContainer> {
    const container = await this.#options.containers.find(id);
    if (container !== null) return container;
    throw new SallyportError('session_not_found', `There is no session ${id}.`);
  }

  create(wish: SessionCreate): Promise<Session> {
    return this.#lanes.run(wish.id, async () => {
      const { containers, password } = this.#options;
      const existing = await containers.find(wish.id);
      if (existing !== null) return this.#answerExisting(wish, existing);
      const { dns } = await this.#wayOut(wish.network, wish.ownAddress);
      const binds = await this.#allowed(wish);
      await containers.create(planContainer(wish, { binds, dns, password: password() }));
      try {
        await containers.start(wish.id);
      } catch (error) {
        await containers.remove(wish.id);
        throw error;
      }
      return this.#view(wish.id);
    });
  }

  start(id: string): Promise<Session> {
    return this.#lanes.run(id, async () => {
      const container = await this.find(id);
      if (container.state === 'paused') {
        throw new SallyportError('session_state', `The session ${id} is paused.`, {
          remedy: 'Resume it.',
        });
      }
      await this.#wayOut(networkOf(container));
      await this.#options.containers.start(id);
      return this.#view(id);
    });
  }

  stop(id: string): Promise<Session> {
    return this.#change(id, (containers) => containers.stop(id));
  }

  pause(id: string): Promise<Session> {
    return this.#change(id, (containers) => containers.pause(id));
  }

  resume(id: string): Promise<Session> {
    return this.#change(id, (containers) => containers.resume(id));
  }

  delete(id: string, profile: 'keep' | 'delete'): Promise<Record<string, never>> {
    return this.#lanes.run(id, async () => {
      const { volumes } = await this.find(id);
      await this.#options.containers.remove(id);
      if (profile === 'keep') return {};
      for (const volume of volumes) await this.#options.containers.removeProfile(volume);
      return {};
    });
  }

  /** In a lane of its own: a session can be ended while its commands run. */
  launch(id: string, signal: AbortSignal) {
    return this.#lanes.run(`launch ${id}`, async () => {
      const container = await this.find(id);
      return { ran: await launchSession(this.#options.containers, id, { container, signal }) };
    });
  }

  async logs(id: string, lines: number): Promise<{ text: string }> {
    await this.find(id);
    return { text: await this.#options.containers.logs(id, lines) };
  }

  async images(): Promise<DockerImage[]> {
    return [...(await this.#options.containers.images())];
  }

  pull({ image, credentials }: PullRequest, signal: AbortSignal) {
    return this.#options.containers.pull(image, credentials, signal);
  }

  /** The same wish may be sent twice, by a caller who did not see the answer; another one may not. */
  async #answerExisting(wish: SessionCreate, existing: SessionContainer): Promise<Session> {
    if (existing.labels[WISH_LABEL] !== hashWish(wish)) {
      throw new SallyportError(
        'session_exists',
        `There is a session ${wish.id} already, and it was asked for in another way.`,
        { remedy: 'Give another id, or delete that session first.' },
      );
    }
    // The agent was killed between making and starting it.
    if (existing.state === 'created') await this.#options.containers.start(wish.id);
    return this.#view(wish.id);
  }

  /** What the container needs of its network. @throws SallyportError where it is none of ours, or not whole */
  async #wayOut(
    name: NetworkName,
    ownAddress = false,
  ): Promise<{ readonly dns: readonly string[] }> {
    const spec = this.#options.findNetwork(name);
    if (ownAddress && spec.assign !== 'per-container') {
      throw new SallyportError('no_own_address', `Containers on ${name} share its addresses.`, {
        remedy: `Give each its own: sallyport network update ${name} --assign per-container`,
      });
    }
    const match = matchDocker(spec, await this.#options.docker.networks());
    if (spec.deleting || match.kind !== 'matches') {
      throw new SallyportError('network_not_found', `The Docker network ${name} is not there.`, {
        remedy: `See why: sallyport network show ${name}`,
      });
    }
    const dns = spec.dns.length > 0 ? spec.dns : this.#options.dns;
    if (dns.length > 0) return { dns };
    throw new SallyportError(
      'session_refused',
      `The network ${name} names no name servers, so that the host's own would be asked, and not by its egress address.`,
      { remedy: `Name one: sallyport network update ${name} --dns ADDR` },
    );
  }

  async #allowed(wish: SessionCreate) {
    const { policy, own, resolvePath } = this.#options;
    const rules = { roots: policy.volumeRoots, own, resolve: resolvePath };
    const { binds, errors } = await resolveVolumes(wish.volumes, rules);
    refuseForbidden([...findForbidden(wish, policy), ...errors]);
    return binds;
  }

  #change(id: string, change: (containers: SessionContainers) => Promise<void>): Promise<Session> {
    return this.#lanes.run(id, async () => {
      await this.find(id);
      await change(this.#options.containers);
      return this.#view(id);
    });
  }

  async #view(id: string): Promise<Session> {
    return sessionView(await this.find(id), false);
  }
}
