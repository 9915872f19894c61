import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import type { Actual } from '../observe/actual.ts';
import { DISPENSABLE } from '../plan/steps.ts';
import type { DesiredState } from '../ports/store.ts';
import type { DesiredStore } from '../reconcile/desired-store.ts';
import type { RunReport } from '../reconcile/reconciler.ts';
import type { Request } from '../reconcile/request.ts';
import type { Surroundings } from './refusals.ts';

interface TransactionOptions {
  readonly desired: DesiredStore;
  /** Asks for a run of the reconcile loop and waits for it. */
  readonly reconcile: (request: Request) => Promise<RunReport>;
}

/** The network as it is to be, or a refusal. @throws SallyportError */
type Decide = (surroundings: Surroundings) => NetworkSpec;

/**
 * A wish on disk and then on the host, or, where the host or Docker refuses, on neither: what could
 * not be carried out is taken back, and the refusal is thrown.
 */
export class Transaction {
  readonly #options: TransactionOptions;

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  /** @throws SallyportError why the network could not be made */
  async add(reason: string, decide: Decide): Promise<NetworkSpec> {
    const { spec, failure } = await this.#carryOut(reason, {
      decide: (actual) => {
        if (actual.docker.error !== null) throw asSallyportError(actual.docker.error);
        return decide(this.#surroundings(actual));
      },
      store: (networks, added) => [...networks, added],
    });
    if (failure === null) return spec;
    const others = this.#options.desired.current.networks.filter(({ id }) => id !== spec.id);
    await this.#restore(others);
    throw failure;
  }

  /** @throws SallyportError why the change could not be made */
  async replace(reason: string, before: NetworkSpec, decide: Decide): Promise<NetworkSpec> {
    const { spec, failure } = await this.#carryOut(reason, {
      decide: (actual) => decide(this.#surroundings(actual)),
      store: (networks, after) => networks.map((one) => (one.id === before.id ? after : one)),
    });
    // A network that is deleted and forgotten is not made anew because some tidying failed.
    if (failure === null || !this.#isKnown(spec)) return spec;
    await this.#carryOut(`${reason} could not be done`, {
      decide: () => before,
      store: (networks) => networks.map((one) => (one.id === before.id ? before : one)),
    });
    throw failure;
  }

  /**
   * Replaces all networks, or none: where one is refused, all are put back as they were. One that was
   * deleted by then is made anew: nobody was on it.
   * @throws SallyportError the first refusal
   */
  async replaceAll(specs: readonly NetworkSpec[]): Promise<void> {
    const { desired } = this.#options;
    const before = desired.current.networks;
    await desired.update((state) => ({ ...state, networks: specs }));
    const failures = await this.#failures(specs, 'apply');
    // What is gone as it should be is no failure, even if the answer to its removal was lost.
    const failed = failures.find(({ spec }) => this.#isKnown(spec));
    if (failed === undefined) return;
    await this.#restore(before);
    throw failed.error;
  }

  /** Desires these networks again, and no other. */
  async #restore(before: readonly NetworkSpec[]): Promise<void> {
    const { desired } = this.#options;
    await desired.update((state) => ({ ...state, networks: putBack(state.networks, before) }));
    await this.#failures(desired.current.networks, 'taking back what could not be made');
  }

  /**
   * Decides on what the run of the loop sees, stores, and lets that same run carry it out.
   * @throws SallyportError what was refused before anything was stored
   */
  async #carryOut(
    reason: string,
    { decide, store }: Deciding,
  ): Promise<{ readonly spec: NetworkSpec; readonly failure: SallyportError | null }> {
    const { desired } = this.#options;
    let decided: NetworkSpec | null = null;
    let refusal: unknown = null;
    const wish = async (actual: Actual): Promise<void> => {
      try {
        const spec = decide(actual);
        await desired.update((state) => ({ ...state, networks: store(state.networks, spec) }));
        decided = spec;
      } catch (error) {
        refusal = error;
      }
    };
    const report = await this.#options
      .reconcile({ reason, decide: wish })
      .catch((error: unknown) => asSallyportError(error));
    // Set in a callback, which the compiler does not follow.
    const spec = decided as NetworkSpec | null;
    if (spec === null) throw asSallyportError(refusal ?? report);
    if (report instanceof SallyportError) return { spec, failure: report };
    return { spec, failure: failuresOf(spec, report)[0]?.error ?? null };
  }

  #surroundings({ links, routes, docker }: Actual): Surroundings {
    return {
      specs: this.#options.desired.current.networks,
      links,
      routes,
      docker: docker.networks,
    };
  }

  /**
   * Runs the loop and answers for which networks it did not do what they need, and why. A host that
   * can't even be looked at is a refusal like any other.
   */
  async #failures(specs: readonly NetworkSpec[], reason: string): Promise<readonly Failed[]> {
    try {
      const report = await this.#options.reconcile(reason);
      return specs.flatMap((spec) => failuresOf(spec, report));
    } catch (error) {
      return specs.map((spec) => ({ spec, error: asSallyportError(error) }));
    }
  }

  #isKnown({ id }: NetworkSpec): boolean {
    return this.#options.desired.current.networks.some((one) => one.id === id);
  }
}

interface Deciding {
  readonly decide: (actual: Actual) => NetworkSpec;
  readonly store: (
    networks: DesiredState['networks'],
    spec: NetworkSpec,
  ) => DesiredState['networks'];
}

/**
 * The networks as they were before, and those that were not there to be deleted. An adopted network is
 * not ours: it keeps its Docker network, and is not made anew.
 */
function putBack(
  networks: readonly NetworkSpec[],
  before: readonly NetworkSpec[],
): readonly NetworkSpec[] {
  const isKnownIn = (specs: readonly NetworkSpec[]) => {
    const ids = new Set(specs.map(({ id }) => id));
    return ({ id }: NetworkSpec) => ids.has(id);
  };
  const isLeft = isKnownIn(networks);
  const wasThere = isKnownIn(before);
  return [
    ...before.filter((spec) => isLeft(spec) || spec.origin === 'created'),
    ...networks
      .filter((spec) => !wasThere(spec) && spec.origin === 'created')
      .map((spec) => ({ ...spec, deleting: true })),
  ];
}

interface Failed {
  readonly spec: NetworkSpec;
  readonly error: SallyportError;
}

function failuresOf(spec: NetworkSpec, { failures }: RunReport): readonly Failed[] {
  return failures
    .filter(({ step }) => !DISPENSABLE.has(step.kind))
    .filter(({ step }) => step.network === null || step.network === spec.name)
    .map(({ error }) => ({ spec, error: asSallyportError(error) }));
}

function asSallyportError(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  return new SallyportError('internal', toProblem(error).detail, { cause: error });
}
