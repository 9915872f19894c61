import type { ApplyRequest, ApplyResult, Document } from '@sallyport/contract/document';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { EventKind } from '@sallyport/contract/host';
import type {
  Adoptable,
  NetworkAdopt,
  NetworkCreate,
  NetworkUpdate,
  NetworkView,
} from '@sallyport/contract/network';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NetworkName } from '@sallyport/core/network-name';
import type { HostPorts } from '../execute/executors.ts';
import { matchDocker } from '../plan/plan-docker.ts';
import type { DesiredStore } from '../reconcile/desired-store.ts';
import type { RunReport } from '../reconcile/reconciler.ts';
import { findAdoptable } from './adoptable.ts';
import { planDocument } from './plan-document.ts';
import { recoverSpecs } from './recover.ts';
import type { Surroundings } from './refusals.ts';
import { exportDocument, networkView } from './views.ts';
import { type Defaults, wishToAdopt, wishToCreate, wishToUpdate } from './wishes.ts';

interface NetworkServiceOptions {
  readonly desired: DesiredStore;
  readonly ports: HostPorts;
  readonly defaults: Defaults;
  /** Asks for a run of the reconcile loop and waits for it. */
  readonly reconcile: (reason: string) => Promise<RunReport>;
  readonly record: (event: RecordedEvent) => Promise<void>;
}

export interface RecordedEvent {
  readonly kind: EventKind;
  readonly network: string | null;
  readonly message: string;
  readonly reason: string;
  readonly actor: string | null;
}

/**
 * What administrators ask for. One wish at a time: checked against the host, stored, carried out; and
 * taken back as a whole where the host or Docker refuses, so that nothing is left half-made.
 */
export class NetworkService {
  readonly #options: NetworkServiceOptions;
  #statuses: RunReport['statuses'] = new Map();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: NetworkServiceOptions) {
    this.#options = options;
  }

  /** Takes over what the last run of the loop found. */
  publish(report: RunReport): void {
    this.#statuses = report.statuses;
  }

  /** @throws SallyportError `state_lost` */
  list(): readonly NetworkView[] {
    this.#options.desired.refuseLost();
    return this.#specs().map((spec) => networkView(spec, this.#statuses.get(spec.id)));
  }

  /** @throws SallyportError `network_not_found`, `state_lost` */
  show(name: NetworkName): NetworkView {
    const spec = this.find(name);
    return networkView(spec, this.#statuses.get(spec.id));
  }

  create(wish: NetworkCreate, actor: string | null): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      const spec = wishToCreate(wish, await this.#surroundings(), this.#options.defaults);
      await this.#add(spec);
      await this.#record(
        'network.created',
        spec,
        `created: ${spec.subnet} leaves as ${spec.egress.ipv4.join(', ')}`,
        actor,
      );
      return this.show(spec.name);
    });
  }

  adopt(
    wish: NetworkAdopt & { readonly name: NetworkName },
    actor: string | null,
  ): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      const spec = wishToAdopt(wish, await this.#surroundings(), this.#options.defaults);
      await this.#add(spec);
      await this.#record(
        'network.adopted',
        spec,
        `adopted: ${spec.subnet} leaves as ${spec.egress.ipv4.join(', ')}`,
        actor,
      );
      return this.show(spec.name);
    });
  }

  update(name: NetworkName, wish: NetworkUpdate, actor: string | null): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      const before = this.find(name);
      const after = wishToUpdate(before, wish, await this.#surroundings());
      await this.#replace(before, after, `network ${name} updated`);
      await this.#record(
        'network.updated',
        after,
        `leaves as ${after.egress.ipv4.join(', ')}, route ${after.route}`,
        actor,
      );
      return this.show(name);
    });
  }

  delete(name: NetworkName, actor: string | null): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      const spec = this.find(name);
      const view = this.show(name);
      await this.#refuseInUse(spec);
      await this.#replace(spec, { ...spec, deleting: true }, `network ${name} deleted`);
      await this.#record('network.deleted', spec, 'deleted', actor);
      return view;
    });
  }

  apply({ document, dryRun, prune }: ApplyRequest, actor: string | null): Promise<ApplyResult> {
    return this.#oneAtATime(async () => {
      const { desired, defaults } = this.#options;
      const surroundings = await this.#surroundings({ evenIfLost: true });
      const specs =
        desired.lost === null
          ? surroundings.specs
          : recoverSpecs(document, surroundings.docker, { prune, defaults });
      const plan = planDocument(document, { ...surroundings, specs }, { defaults, prune });
      if (dryRun) return { changes: [...plan.changes], applied: false };
      for (const spec of plan.specs.filter(({ deleting }) => deleting))
        await this.#refuseInUse(spec);
      if (desired.lost !== null) {
        const where = await desired.replaceLost({ networks: plan.specs, ways: [] });
        await this.#options.record({
          kind: 'state.lost',
          network: null,
          message: `state confirmed anew; the old one is in ${where}`,
          reason: 'apply',
          actor,
        });
      }
      await this.#applySpecs(plan.specs);
      for (const { action, network, details } of plan.changes) {
        if (action === 'unchanged' || action === 'extra') continue;
        await this.#options.record({
          kind: EVENT_OF[action],
          network,
          message: details.join('; ') || 'deleted',
          reason: 'apply',
          actor,
        });
      }
      return { changes: [...plan.changes], applied: true };
    });
  }

  /** @throws SallyportError `state_lost` */
  exportDocument(): Document {
    this.#options.desired.refuseLost();
    return exportDocument(this.#specs());
  }

  async adoptable(): Promise<readonly Adoptable[]> {
    const { ports } = this.#options;
    const [docker, natRules] = await Promise.all([
      ports.docker.networks(),
      ports.iptables.natRules(),
    ]);
    return findAdoptable(docker, this.#specs(), natRules);
  }

  /** @throws SallyportError `network_not_found` */
  find(name: NetworkName): NetworkSpec {
    this.#options.desired.refuseLost();
    const spec = this.#specs().find((candidate) => candidate.name === name);
    if (spec !== undefined) return spec;
    throw new SallyportError('network_not_found', `There is no network ${name}.`, {
      remedy: 'These exist: sallyport network list',
    });
  }

  #specs(): readonly NetworkSpec[] {
    return this.#options.desired.current.networks;
  }

  async #add(spec: NetworkSpec): Promise<void> {
    const { desired, reconcile } = this.#options;
    await desired.update((state) => ({ ...state, networks: [...state.networks, spec] }));
    const report = await reconcile(`network ${spec.name} ${spec.origin}`);
    const failure = failureOf(spec, report);
    if (failure === null) return;
    await this.#withdraw(spec);
    throw failure;
  }

  /** Takes a network back that could not be made. An adopted one keeps its Docker network. */
  async #withdraw(spec: NetworkSpec): Promise<void> {
    const { desired, reconcile } = this.#options;
    await desired.update((state) => ({
      ...state,
      networks:
        spec.origin === 'adopted'
          ? state.networks.filter(({ id }) => id !== spec.id)
          : state.networks.map((one) => (one.id === spec.id ? { ...one, deleting: true } : one)),
    }));
    await reconcile(`network ${spec.name} could not be made`);
  }

  async #replace(before: NetworkSpec, after: NetworkSpec, reason: string): Promise<void> {
    const { desired, reconcile } = this.#options;
    const put = (spec: NetworkSpec) =>
      desired.update((state) => ({
        ...state,
        networks: state.networks.map((one) => (one.id === spec.id ? spec : one)),
      }));
    await put(after);
    const failure = failureOf(after, await reconcile(reason));
    if (failure === null) return;
    await put(before);
    await reconcile(`${reason} could not be done`);
    throw failure;
  }

  async #applySpecs(specs: readonly NetworkSpec[]): Promise<void> {
    const { desired, reconcile } = this.#options;
    const known = new Set(this.#specs().map(({ id }) => id));
    await desired.update((state) => ({ ...state, networks: specs }));
    const report = await reconcile('apply');
    const failed = specs.flatMap((spec) => {
      const error = failureOf(spec, report);
      return error === null ? [] : [{ spec, error }];
    });
    const [first] = failed;
    if (first === undefined) return;
    for (const { spec } of failed) if (!known.has(spec.id)) await this.#withdraw(spec);
    throw first.error;
  }

  /** @throws SallyportError `network_in_use` */
  async #refuseInUse(spec: NetworkSpec): Promise<void> {
    const { ports } = this.#options;
    const match = matchDocker(spec, await ports.docker.networks());
    if (match.kind !== 'matches') return;
    const attached = await ports.docker.attached(match.network.id);
    if (attached.length === 0) return;
    const names = attached.map(({ name }) => name).join(', ');
    throw new SallyportError(
      'network_in_use',
      `The network ${spec.name} is used by ${attached.length} container(s): ${names}.`,
      {
        remedy: `Remove them first: docker rm -f ${attached.map(({ name }) => name).join(' ')}`,
      },
    );
  }

  async #surroundings(options = { evenIfLost: false }): Promise<Surroundings> {
    const { desired, ports } = this.#options;
    if (!options.evenIfLost) desired.refuseLost();
    const [links, routes, docker] = await Promise.all([
      ports.routing.links(),
      ports.routing.routes(),
      ports.docker.networks(),
    ]);
    return { specs: this.#specs(), links, routes, docker };
  }

  #record(
    kind: EventKind,
    spec: NetworkSpec,
    message: string,
    actor: string | null,
  ): Promise<void> {
    return this.#options.record({ kind, network: spec.name, message, reason: 'API call', actor });
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

const EVENT_OF = {
  create: 'network.created',
  update: 'network.updated',
  delete: 'network.deleted',
  adopt: 'network.adopted',
} as const satisfies Record<string, EventKind>;

/** Why the last run did not do what this network needs; null when it did. */
function failureOf(spec: NetworkSpec, report: RunReport): SallyportError | null {
  const failure = report.failures.find(
    ({ step }) => step.network === null || step.network === spec.name,
  );
  if (failure === undefined) return null;
  if (failure.error instanceof SallyportError) return failure.error;
  return new SallyportError('internal', toProblem(failure.error).detail, { cause: failure.error });
}
