import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordEvent } from '../events/recorded-event.ts';
import type { Docker } from '../ports/docker.ts';
import type { SessionContainer, SessionContainers } from '../ports/sessions.ts';
import { containerName, SESSION_LABEL } from './labels.ts';
import { Lanes } from './lanes.ts';
import { sessionChanges } from './session-changes.ts';
import { networkOf } from './session-view.ts';

interface SessionWatchOptions {
  readonly containers: Pick<SessionContainers, 'list' | 'find'>;
  readonly docker: Pick<Docker, 'events'>;
  readonly record: RecordEvent;
  /** Told of a container that does not run any more. */
  readonly onEnded: (containerId: string) => void;
  /** Told of bugs; that Docker does not answer is told by the loop of the networks. */
  readonly onFailure: (error: unknown) => void;
}

/** What Docker tells of containers and changes nothing of what is told here. */
const WANTED = new Set(['start', 'die', 'oom', 'pause', 'unpause', 'destroy']);
const NAME = containerName('');
/** An event may be lost while the connection is made anew. */
const LOOK_MS = 60_000;
const AGAIN_MS = 1_000;

/**
 * Follows what becomes of sessions, whoever did it: the agent, somebody with Docker's command line, the kernel
 * without memory. Docker's events are reasons to look; what is told is the difference between two looks.
 */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #known = new Map<string, SessionContainer>();
  readonly #looks = new Lanes();
  readonly #stop = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #looked = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loops = Promise.all([this.#follow(), this.#lookAgain()]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
  }

  /** Looks at all sessions. What is there at the first look is no news. */
  look(): Promise<void> {
    return this.#looks.run('look', async () => {
      const all = await this.#options.containers.list();
      const found = new Map(all.map((container) => [idOf(container), container]));
      const ids = new Set([...this.#known.keys(), ...found.keys()]);
      for (const id of ids) {
        if (this.#looked) await this.#tell(id, found.get(id) ?? null);
        this.#remember(id, found.get(id) ?? null);
      }
      this.#looked = true;
    });
  }

  #lookAt(id: string): Promise<void> {
    return this.#looks.run('look', async () => {
      const container = await this.#options.containers.find(id);
      await this.#tell(id, container);
      this.#remember(id, container);
    });
  }

  async #tell(id: string, after: SessionContainer | null): Promise<void> {
    const before = this.#known.get(id) ?? null;
    for (const { kind, message } of sessionChanges(before, after)) {
      if (kind === 'session.ended' || kind === 'session.deleted')
        this.#options.onEnded(before?.containerId ?? '');
      await this.#options.record({
        kind,
        network: networkOfEither(before, after),
        session: id,
        message: `session ${id}: ${message}`,
        reason: 'Docker',
        actor: null,
      });
    }
  }

  #remember(id: string, container: SessionContainer | null): void {
    if (container === null) this.#known.delete(id);
    else this.#known.set(id, container);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#try(() => this.look());
      await this.#try(async () => {
        for await (const { type, action, name } of this.#options.docker.events(signal)) {
          if (type !== 'container' || !WANTED.has(action) || !name.startsWith(NAME)) continue;
          const id = name.slice(NAME.length);
          await this.#try(() => (this.#looked ? this.#lookAt(id) : this.look()));
        }
      });
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #lookAgain(): Promise<void> {
    const { signal } = this.#stop;
    // Soon after the start, for what happened between the first look and the first event.
    for (let wait = AGAIN_MS; !signal.aborted; wait = LOOK_MS) {
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#try(() => this.look());
    }
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#stop.signal.aborted && !isDockerAway(error)) this.#options.onFailure(error);
    }
  }
}

function isDockerAway(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  // The second one is a connection that broke in the middle of an answer.
  return code === 'docker_unreachable' || code === 'ECONNRESET';
}

function idOf({ labels }: SessionContainer): string {
  return labels[SESSION_LABEL] ?? '';
}

function networkOfEither(
  before: SessionContainer | null,
  after: SessionContainer | null,
): string | null {
  const container = after ?? before;
  return container === null ? null : networkOf(container);
}
