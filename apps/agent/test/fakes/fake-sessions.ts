import { SallyportError } from '@sallyport/contract/errors';
import type {
  HeldImage,
  PullStep,
  SessionContainer,
  SessionContainerPlan,
  SessionContainers,
} from '../../src/ports/sessions.ts';
import { SESSION_LABEL } from '../../src/sessions/labels.ts';

const CREATED_AT = 1_700_000_000_000;

/** Docker with nothing but containers of sessions, in memory. */
export class FakeSessions implements SessionContainers {
  readonly #containers = new Map<string, SessionContainer>();
  /** What was asked for, by the session's id. */
  readonly plans = new Map<string, SessionContainerPlan>();
  /** Volumes of Docker, and whether the agent has made them. */
  readonly volumes = new Map<string, { readonly ours: boolean }>();
  held: readonly HeldImage[] = [
    { name: 'desk:1', id: 'sha256:desk', sizeBytes: 1_000, createdAt: CREATED_AT },
  ];
  /** Set while Docker does not answer. */
  down = false;
  /** Docker's words where no container can be started now. */
  startFails: string | null = null;
  #pids = 100;
  /** What was run in containers, and how each command ends; `never` does not. */
  readonly ran: (readonly string[])[] = [];
  readonly #launched = new Set<string>();

  /** What somebody else or the container itself does. */
  end(id: string, how: Partial<SessionContainer>): void {
    this.#set(id, { state: 'exited', pid: 0, addresses: {}, ...how });
  }

  async list() {
    this.#refuseDown();
    return [...this.#containers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async find(id: string) {
    this.#refuseDown();
    return this.#containers.get(id) ?? null;
  }

  async create(plan: SessionContainerPlan) {
    this.#refuseDown();
    const id = plan.labels[SESSION_LABEL] ?? '';
    if (!this.held.some(({ name }) => name === plan.image))
      throw new SallyportError('image_not_found', `Docker has no image ${plan.image}.`);
    if (this.#containers.has(id))
      throw new SallyportError('session_exists', `Docker has a container ${plan.name} already.`);
    const { profile } = plan;
    if (profile !== null) {
      const volume = this.volumes.get(profile.volume) ?? { ours: true };
      if (!volume.ours)
        throw new SallyportError(
          'session_refused',
          'The Docker volume was not made for a profile.',
        );
      this.volumes.set(profile.volume, volume);
    }
    this.plans.set(id, plan);
    this.#containers.set(id, {
      containerId: `container-of-${id}`,
      name: plan.name,
      image: plan.image,
      labels: plan.labels,
      environment: plan.environment,
      state: 'created',
      exitCode: 0,
      outOfMemory: false,
      error: '',
      pid: 0,
      addresses: {},
      createdAt: CREATED_AT,
      startedAt: null,
      volumes: profile === null ? [] : [profile.volume],
    });
  }

  async start(id: string) {
    const { state } = this.#known(id);
    if (this.startFails !== null) {
      throw new SallyportError('docker_refused', `Docker refused: ${this.startFails}`);
    }
    if (state === 'running') return;
    if (state === 'paused') throw refused(id);
    const network = this.plans.get(id)?.network ?? '';
    this.#set(id, {
      state: 'running',
      pid: ++this.#pids,
      exitCode: 0,
      outOfMemory: false,
      addresses: { [network]: '172.19.0.2' },
      startedAt: CREATED_AT + this.#pids,
    });
  }

  async stop(id: string) {
    const { state } = this.#known(id);
    if (state === 'running' || state === 'paused') this.end(id, { exitCode: 0 });
  }

  async pause(id: string) {
    const { state } = this.#known(id);
    if (state !== 'running' && state !== 'paused') throw refused(id);
    this.#set(id, { state: 'paused' });
  }

  async resume(id: string) {
    const { state } = this.#known(id);
    if (state !== 'running' && state !== 'paused') throw refused(id);
    this.#set(id, { state: 'running' });
  }

  async remove(id: string) {
    this.#refuseDown();
    this.#launched.delete(this.#containers.get(id)?.containerId ?? '');
    this.#containers.delete(id);
  }

  async removeProfile(volume: string) {
    this.#refuseDown();
    if (this.volumes.get(volume)?.ours === true) this.volumes.delete(volume);
  }

  async logs(id: string, lines: number) {
    this.#known(id);
    return ['one\n', 'two\n', 'three\n'].slice(-lines).join('');
  }

  async exec(id: string, command: readonly string[], signal: AbortSignal) {
    if (this.#known(id).state !== 'running') throw refused(id);
    const [program = ''] = command;
    if (program === 'missing')
      throw new SallyportError('docker_refused', 'Docker refused: no such program');
    this.ran.push(command);
    if (program !== 'never') return program === 'false' ? 1 : 0;
    return new Promise<number>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  async isLaunched(id: string) {
    return this.#launched.has(this.#known(id).containerId);
  }

  async markLaunched(id: string) {
    this.#launched.add(this.#known(id).containerId);
  }

  async images() {
    this.#refuseDown();
    return this.held;
  }

  async *pull(image: string): AsyncGenerator<PullStep, string> {
    this.#refuseDown();
    yield { layer: 'a1', status: 'Downloading', percent: 50 };
    if (!image.startsWith('desk')) {
      throw new SallyportError('docker_refused', 'Docker could not pull: no such repository');
    }
    return 'sha256:desk';
  }

  #known(id: string): SessionContainer {
    this.#refuseDown();
    const container = this.#containers.get(id);
    if (container === undefined) throw refused(id);
    return container;
  }

  #set(id: string, change: Partial<SessionContainer>): void {
    const container = this.#containers.get(id);
    if (container !== undefined) this.#containers.set(id, { ...container, ...change });
  }

  #refuseDown(): void {
    if (this.down) throw new SallyportError('docker_unreachable', 'Docker does not answer.');
  }
}

function refused(id: string): SallyportError {
  return new SallyportError('session_state', `The session ${id} is not in that state.`);
}
