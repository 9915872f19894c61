import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { NetworkSpec } from '@sallyport/core/network';
import { DISPENSABLE } from '../plan/steps.ts';
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
    const { desired } = this.#options;
    await desired.update((state) => ({ ...state, networks: [...state.networks, spec] }));
    const failure = await this.#carryOut(spec, `network ${spec.name} ${spec.origin}`);
    if (failure === null) return;
    await this.#withdraw([spec]);
    throw failure;
  }

  /** @throws SallyportError why the change could not be made */
  async replace(before: NetworkSpec, after: NetworkSpec, reason: string): Promise<void> {
    await this.#put(after);
    const failure = await this.#carryOut(after, reason);
    // A network that is deleted and forgotten is not made anew because some tidying failed.
    if (failure === null || !this.#isKnown(after)) return;
    await this.#put(before);
    await this.#carryOut(before, `${reason} could not be done`);
    throw failure;
  }

  /**
   * Replaces all networks at once. New ones that can't be made are withdrawn, the others stay.
   * @throws SallyportError the first refusal
   */
  async replaceAll(specs: readonly NetworkSpec[]): Promise<void> {
    const { desired } = this.#options;
    const known = new Set(desired.current.networks.map(({ id }) => id));
    await desired.update((state) => ({ ...state, networks: specs }));
    const failed = await this.#failures(specs, 'apply');
    if (failed[0] === undefined) return;
    await this.#withdraw(failed.map(({ spec }) => spec).filter(({ id }) => !known.has(id)));
    throw failed[0].error;
  }

  /** An adopted network keeps its Docker network, which is not ours. */
  async #withdraw(specs: readonly NetworkSpec[]): Promise<void> {
    const { desired } = this.#options;
    const withdrawn = new Set(specs.map(({ id }) => id));
    await desired.update((state) => ({
      ...state,
      networks: state.networks
        .filter(({ id, origin }) => !withdrawn.has(id) || origin === 'created')
        .map((one) => (withdrawn.has(one.id) ? { ...one, deleting: true } : one)),
    }));
    await this.#failures(specs, 'taking back what could not be made');
  }

  async #carryOut(spec: NetworkSpec, reason: string): Promise<SallyportError | null> {
    const [failed] = await this.#failures([spec], reason);
    return failed?.error ?? null;
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

  #put(spec: NetworkSpec): Promise<void> {
    return this.#options.desired.update((state) => ({
      ...state,
      networks: state.networks.map((one) => (one.id === spec.id ? spec : one)),
    }));
  }
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
