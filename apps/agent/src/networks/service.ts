import type { ApplyRequest, ApplyResult, Document } from '@sallyport/contract/document';
import { SallyportError, toProblem } from '@sallyport/contract/errors';
import type { EventKind, ReconcileResult } from '@sallyport/contract/host';
import type {
  Adoptable,
  NetworkAdopt,
  NetworkCreate,
  NetworkUpdate,
  NetworkView,
} from '@sallyport/contract/network';
import type { Ipv4 } from '@sallyport/core/ipv4';
import type { NetworkSpec } from '@sallyport/core/network';
import type { NetworkName } from '@sallyport/core/network-name';
import type { RecordEvent } from '../events/recorded-event.ts';
import type { HostPorts } from '../execute/executors.ts';
import type { DesiredStore } from '../reconcile/desired-store.ts';
import type { RunReport } from '../reconcile/reconciler.ts';
import type { Request } from '../reconcile/request.ts';
import type { PortSlot } from '../accounting/port-use.ts';
import { withFormer } from './former-addresses.ts';
import { findAdoptable } from './adoptable.ts';
import { applyDocument } from './apply-document.ts';
import { refuseInUse } from './in-use.ts';
import type { Surroundings } from './refusals.ts';
import { refuseWithoutWay } from './refuse-ways.ts';
import { Transaction } from './transaction.ts';
import { portConditions, withCautions } from './cautions.ts';
import { exportDocument, networkView } from './views.ts';
import { type Defaults, wishToAdopt, wishToCreate, wishToUpdate } from './wishes.ts';

interface NetworkServiceOptions {
  readonly desired: DesiredStore;
  readonly ports: HostPorts;
  readonly defaults: Defaults;
  /** Asks for a run of the reconcile loop and waits for it. */
  readonly reconcile: (request: Request) => Promise<RunReport>;
  readonly record: RecordEvent;
  /** Where ports of egress addresses run out now. */
  readonly scarcePorts: () => readonly PortSlot[];
}

/**
 * What administrators ask for. One wish at a time: checked against the host, stored, carried out; and
 * taken back as a whole where the host or Docker refuses, so that nothing is left half-made.
 */
export class NetworkService {
  readonly #options: NetworkServiceOptions;
  readonly #transaction: Transaction;
  #statuses: RunReport['statuses'] = new Map();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: NetworkServiceOptions) {
    this.#options = options;
    this.#transaction = new Transaction(options);
  }

  /** Takes over what the last run of the loop found. */
  publish(report: RunReport): void {
    this.#statuses = report.statuses;
  }

  /** @throws SallyportError `state_lost` */
  list(): readonly NetworkView[] {
    this.#options.desired.refuseLost();
    return this.#specs().map((spec) => this.#view(spec));
  }

  /** @throws SallyportError `network_not_found`, `state_lost` */
  show(name: NetworkName): NetworkView {
    return this.#view(this.find(name));
  }

  create(wish: NetworkCreate, actor: string | null): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      this.#options.desired.refuseLost();
      const spec = await this.#transaction.add(`network ${wish.name} created`, (surroundings) =>
        this.#withWay(wishToCreate(wish, surroundings, this.#options.defaults), surroundings),
      );
      await this.#record('network.created', { name: spec.name, message: leavesAs(spec), actor });
      return this.show(spec.name);
    });
  }

  adopt(
    wish: NetworkAdopt & { readonly name: NetworkName },
    actor: string | null,
  ): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      this.#options.desired.refuseLost();
      const spec = await this.#transaction.add(`network ${wish.name} adopted`, (surroundings) =>
        this.#withWay(wishToAdopt(wish, surroundings, this.#options.defaults), surroundings),
      );
      await this.#record('network.adopted', { name: spec.name, message: leavesAs(spec), actor });
      return this.show(spec.name);
    });
  }

  update(name: NetworkName, wish: NetworkUpdate, actor: string | null): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      const before = this.find(name);
      const after = await this.#transaction.replace(
        `network ${name} updated`,
        before,
        (surroundings) => {
          const updated = wishToUpdate(before, wish, surroundings);
          const now = this.#options.defaults.now();
          return this.#withWay(withFormer(before, updated, now), surroundings);
        },
      );
      await this.#record('network.updated', { name, message: leavesAs(after), actor });
      return this.show(name);
    });
  }

  delete(name: NetworkName, actor: string | null): Promise<NetworkView> {
    return this.#oneAtATime(async () => {
      const spec = this.find(name);
      const view = this.show(name);
      await refuseInUse(spec, this.#options.ports.docker);
      await this.#transaction.replace(`network ${name} deleted`, spec, () => ({
        ...spec,
        deleting: true,
      }));
      await this.#record('network.deleted', { name, message: 'deleted', actor });
      return view;
    });
  }

  apply(request: ApplyRequest, actor: string | null): Promise<ApplyResult> {
    return this.#oneAtATime(async () => {
      const { desired, defaults, ports, record } = this.#options;
      const surroundings = await this.#look();
      const transaction = this.#transaction;
      const context = { desired, docker: ports.docker, surroundings, defaults, transaction };
      return applyDocument(request, { ...context, record, actor });
    });
  }

  /** Looks at everything, whatever the monitors say, and answers what was done. */
  async reconcile(actor: string | null): Promise<ReconcileResult> {
    const { done, failures, durationMs } = await this.#options.reconcile(
      `asked for by ${actor ?? 'somebody'}`,
    );
    return {
      durationMs,
      done: done.map(({ why }) => why),
      errors: failures.map(({ step, error }) => `${step.why}: ${toProblem(error).detail}`),
    };
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

  /**
   * As `find`, with the address that stands in where one does.
   * @throws SallyportError `network_not_found`, `state_lost`
   */
  findLeaving(name: NetworkName): NetworkSpec {
    return this.#leaving(this.find(name));
  }

  /** All networks, as {@link findLeaving} */
  allLeaving(): readonly NetworkSpec[] {
    return this.#options.desired.current.networks.map((spec) => this.#leaving(spec));
  }

  #leaving(spec: NetworkSpec): NetworkSpec {
    const leaving = this.#statuses.get(spec.id)?.leaving ?? null;
    if (leaving === null) return spec;
    return { ...spec, egress: { ...spec.egress, ipv4: [leaving as Ipv4] } };
  }

  /** @throws SallyportError `network_not_found`, `state_lost` */
  find(name: NetworkName): NetworkSpec {
    this.#options.desired.refuseLost();
    const spec = this.#specs().find((candidate) => candidate.name === name);
    if (spec !== undefined) return spec;
    throw new SallyportError('network_not_found', `There is no network ${name}.`, {
      remedy: 'These exist: sallyport network list',
    });
  }

  #view(spec: NetworkSpec): NetworkView {
    const cautions = portConditions(spec, this.#options.scarcePorts());
    return networkView(spec, withCautions(this.#statuses.get(spec.id), cautions));
  }

  #specs(): readonly NetworkSpec[] {
    return this.#options.desired.current.networks;
  }

  /** The network itself. @throws SallyportError `too_many_uplinks` */
  #withWay(spec: NetworkSpec, surroundings: Surroundings): NetworkSpec {
    refuseWithoutWay(spec, surroundings, this.#options.desired.current.ways);
    return spec;
  }

  async #look(): Promise<Surroundings> {
    const { ports } = this.#options;
    const [{ links, routes }, docker] = await Promise.all([
      ports.routing.observe(),
      ports.docker.networks(),
    ]);
    return { specs: this.#specs(), links, routes, docker };
  }

  #record(kind: EventKind, { name, message, actor }: Told): Promise<void> {
    return this.#options.record({ kind, network: name, message, reason: 'API call', actor });
  }

  #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

interface Told {
  readonly name: NetworkName;
  readonly message: string;
  readonly actor: string | null;
}

function leavesAs({ subnet, egress, route }: NetworkSpec): string {
  return `${subnet} leaves as ${egress.ipv4.join(', ')}, route ${route}`;
}
