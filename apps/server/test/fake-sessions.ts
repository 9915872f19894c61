import { SallyportError } from '@sallyport/contract/errors';
import {
  type Session,
  type SessionCreateInput,
  sessionCreateSchema,
} from '@sallyport/contract/sessions';

interface Container {
  session: Session;
  readonly wish: string;
  /** Whether its first launch is over. */
  launched?: boolean;
}

/** Containers of sessions in memory, as the agent keeps them in Docker. Tests change what they like. */
export class FakeSessions {
  readonly containers = new Map<string, Container>();
  /** Images that the host has; null: every one. */
  images: Set<string> | null = null;
  /** Whether displays greet. */
  displayReady = true;
  /** By which address sessions are seen, where it is not the expected one; null: nobody answers. */
  readonly seenAs = new Map<string, string | null>();
  /** Whether echo services answer sessions that `seenAs` does not name. */
  echoes = true;
  /** How many containers were ever made for an id. */
  readonly made = new Map<string, number>();
  /** Which commands were run, of all sessions. */
  readonly launches: string[] = [];
  #clock = 0;

  list(): Session[] {
    return [...this.containers.values()].map(({ session }) => ({
      ...session,
      display: session.display && { ...session.display, ready: false },
    }));
  }

  show(id: string): Session {
    const { session } = this.#find(id);
    const ready = session.state === 'running' && this.displayReady;
    return { ...session, display: session.display && { ...session.display, ready } };
  }

  create(body: SessionCreateInput): Session {
    const wish = sessionCreateSchema.parse(body);
    const text = JSON.stringify(wish);
    const existing = this.containers.get(wish.id);
    if (existing !== undefined) {
      if (existing.wish === text) return existing.session;
      throw new SallyportError('session_exists', `There is a session ${wish.id} already.`);
    }
    if (this.images !== null && !this.images.has(wish.image)) {
      throw new SallyportError('image_not_found', `The host has no image ${wish.image}.`);
    }
    this.made.set(wish.id, (this.made.get(wish.id) ?? 0) + 1);
    this.#clock += 1;
    this.containers.set(wish.id, {
      wish: text,
      session: {
        id: wish.id,
        containerId: `container-${this.#clock}`,
        name: `sallyport-${wish.id}`,
        image: wish.image,
        network: wish.network,
        state: 'running',
        exitCode: null,
        reason: 'it runs',
        address: '172.19.0.2',
        display: wish.display && { port: wish.display.port, ready: false },
        createdAt: 1_790_000_000_000,
        startedAt: 1_790_000_000_000,
        labels: wish.labels,
      },
    });
    return this.show(wish.id);
  }

  /** Runs what it was made with; the program `false` fails. */
  launch(id: string): { ran: ('firstLaunch' | 'everyStart')[] } {
    this.#refuse(id, ['created', 'paused', 'exited', 'dead'], 'It does not run.');
    const container = this.#find(id);
    const { launch } = sessionCreateSchema.parse(JSON.parse(container.wish));
    const ran: ('firstLaunch' | 'everyStart')[] = [];
    for (const which of ['firstLaunch', 'everyStart'] as const) {
      const command = launch?.[which]?.command;
      if (command === undefined || (which === 'firstLaunch' && container.launched)) continue;
      if (command[0] === 'false') {
        throw new SallyportError(
          'session_launch_failed',
          `The command ${which} of the session ended with exit code 1.`,
          { remedy: 'Correct `execConfig` of the image; try the command in a session first.' },
        );
      }
      if (which === 'firstLaunch') container.launched = true;
      ran.push(which);
    }
    this.launches.push(...ran);
    return { ran };
  }

  /** What Docker does with one: `exited` for a stop, and so on. */
  become(id: string, state: Session['state'], exitCode: number | null = null): Session {
    const container = this.#find(id);
    const reason = state === 'exited' ? `it ended with exit code ${exitCode ?? 0}` : 'it runs';
    container.session = { ...container.session, state, exitCode, reason };
    return this.show(id);
  }

  start(id: string): Session {
    this.#refuse(id, ['paused'], 'It is paused.');
    return this.become(id, 'running');
  }

  stop(id: string): Session {
    const { state } = this.#find(id).session;
    return state === 'created' || state === 'exited' ? this.show(id) : this.become(id, 'exited', 0);
  }

  pause(id: string): Session {
    this.#refuse(id, ['created', 'exited', 'dead'], 'It does not run.');
    return this.become(id, 'paused');
  }

  resume(id: string): Session {
    this.#refuse(id, ['created', 'exited', 'dead'], 'It does not run.');
    return this.become(id, 'running');
  }

  remove(id: string): Record<string, never> {
    this.#find(id);
    this.containers.delete(id);
    return {};
  }

  verify(id: string, expected: readonly string[]) {
    this.#refuse(id, ['created', 'exited', 'dead'], 'It does not run.');
    const own = this.echoes ? (expected[0] ?? null) : null;
    const observed = this.seenAs.has(id) ? (this.seenAs.get(id) ?? null) : own;
    const ok = observed !== null && expected.includes(observed);
    const reason = ok ? 'It leaves by its address.' : 'It does not leave by its address.';
    return { ok, expected: [...expected], observed, at: 1_790_000_000_000, reason };
  }

  #refuse(id: string, states: readonly Session['state'][], detail: string): void {
    if (states.includes(this.#find(id).session.state)) {
      throw new SallyportError('session_state', detail);
    }
  }

  #find(id: string): Container {
    const found = this.containers.get(id);
    if (found !== undefined) return found;
    throw new SallyportError('session_not_found', `There is no session ${id}.`);
  }
}
