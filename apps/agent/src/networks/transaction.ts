import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import type { DesiredStore } from '../reconcile/desired-store.ts';
import type { RunReport } from '../reconcile/reconciler.ts';

interface TransactionOptions {
  readonly desired: DesiredStore;
  /** Asks for a run of the reconcile loop and waits for it. */
  readonly reconcile: (reason: string) => Promise<RunReport>;
}

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
  async add(spec: NetworkSpec): Promise<void> {
    const { desired, reconcile } = this.#options;
    await desired.update((state) => ({ ...state, networks: [...state.networks, spec] }));
    const failure = failureOf(spec, await reconcile(`network ${spec.name} ${spec.origin}`));
    if (failure === null) return;
    await this.#withdraw(spec);
    throw failure;
  }

  /** @throws SallyportError why the change could not be made */
  async replace(before: NetworkSpec, after: NetworkSpec, reason: string): Promise<void> {
    const { reconcile } = this.#options;
    await this.#put(after);
    const failure = failureOf(after, await reconcile(reason));
    if (failure === null) return;
    await this.#put(before);
    await reconcile(`${reason} could not be done`);
    throw failure;
  }

  /**
   * Replaces all networks at once. New ones that can't be made are withdrawn, the others stay.
   * @throws SallyportError the first refusal
   */
  async replaceAll(specs: readonly NetworkSpec[]): Promise<void> {
    const { desired, reconcile } = this.#options;
    const known = new Set(desired.current.networks.map(({ id }) => id));
    await desired.update((state) => ({ ...state, networks: specs }));
    const report = await reconcile('apply');
    const failed = specs.flatMap((spec) => {
      const error = failureOf(spec, report);
      return error === null ? [] : [{ spec, error }];
    });
    for (const { spec } of failed) if (!known.has(spec.id)) await this.#withdraw(spec);
    if (failed[0] !== undefined) throw failed[0].error;
  }

  /** An adopted network keeps its Docker network, which is not ours. */
  async #withdraw(spec: NetworkSpec): Promise<void> {
    const { desired, reconcile } = this.#options;
    if (spec.origin === 'adopted') {
      await desired.update((state) => ({
        ...state,
        networks: state.networks.filter(({ id }) => id !== spec.id),
      }));
    } else {
      await this.#put({ ...spec, deleting: true });
    }
    await reconcile(`network ${spec.name} could not be made`);
  }

  #put(spec: NetworkSpec): Promise<void> {
    return this.#options.desired.update((state) => ({
      ...state,
      networks: state.networks.map((one) => (one.id === spec.id ? spec : one)),
    }));
  }
}

/** Why the last run did not do what this network needs; null when it did. */
function failureOf(spec: NetworkSpec, report: RunReport): SallyportError | null {
  const failure = report.failures.find(
    ({ step }) => step.network === null || step.network === spec.name,
  );
  if (failure === undefined) return null;
  if (failure.error instanceof SallyportError) return failure.error;
  return new SallyportError('internal', toProblem(failure.error).detail, { cause: failure.error });
}
