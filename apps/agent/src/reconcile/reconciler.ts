import { createHash } from 'node:crypto';
import type { NetworkSpec } from '@sallyport/core/network';
import type { HostPorts } from '../execute/executors.ts';
import { executePlan, type StepFailure } from '../execute/execute-plan.ts';
import type { Actual } from '../observe/actual.ts';
import { keepSame } from '../observe/keep-same.ts';
import { Look } from '../observe/observe.ts';
import { type Desired, desire, isMaking, type PlanMemory, plan, type Pools } from '../plan/plan.ts';
import type { WayHealth } from '../plan/find-way.ts';
import type { Placed } from '../plan/leases.ts';
import { withoutOver } from '../networks/former-addresses.ts';
import { matchDocker } from '../plan/plan-docker.ts';
import { structureKey } from '../plan/plan-table.ts';
import { type Resolution, resolve } from '../plan/resolve.ts';
import type { Step } from '../plan/steps.ts';
import { type Strays, straysIn } from '../plan/table-strays.ts';
import { type Clock, READINGS } from '../ports/host.ts';
import type { StateStore } from '../ports/store.ts';
import type { DesiredStore } from './desired-store.ts';
import { judge, type NetworkStatus } from './judge.ts';
import { leaseAddresses } from './lease-addresses.ts';
import { reasonOf, type Request, staleFor, type Wish, wishesOf } from './request.ts';

/** What one run found and did. */
export interface RunReport {
  readonly at: number;
  readonly durationMs: number;
  readonly reasons: readonly string[];
  readonly done: readonly Step[];
  readonly failures: readonly StepFailure[];
  /** What went wrong without keeping the host from being brought in order. */
  readonly complaints: readonly string[];
  readonly resolution: Resolution;
  readonly actual: Actual;
  /** By network id. */
  readonly statuses: ReadonlyMap<string, NetworkStatus>;
  /** Whether something was mended that nobody had asked to change. */
  readonly repaired: boolean;
}

interface Seen {
  /** All that the rest was decided on, compared by identity. */
  readonly grounds: object;
  readonly actual: Actual;
  readonly desired: Desired;
  readonly remaining: readonly Step[];
}

interface ReconcilerOptions {
  readonly ports: HostPorts;
  readonly desired: DesiredStore;
  readonly store: Pick<StateStore, 'saveBootGuard'>;
  readonly clock: Clock;
  readonly pools: Pools;
  /** What strict ones of these networks want to be stopped; null while that is not known. */
  readonly strays: (specs: readonly NetworkSpec[]) => Strays | null;
  /** The containers of those of these networks that lease addresses; null while they are not known. */
  readonly placed: (specs: readonly NetworkSpec[]) => readonly Placed[] | null;
  readonly health: WayHealth;
}

/** Docker's bridge appears after its network, so one round makes and the next one looks. */
const MAX_ROUNDS = 5;

/**
 * Brings the host to what is desired: observe, plan, execute, observe again. Holds only what saves
 * work (the spelling of our rules, flows already brought over, what the monitors have not touched).
 * {@link Reconciler.run} must not be called twice at once; {@link SingleFlight} sees to that.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #look: Look;
  #memory: PlanMemory = { applied: null, settled: new Map(), made: new Set() };
  /** The desired host at the end of the last run, if that left nothing to do. */
  #settled: Desired | null = null;
  #bootGuard = '';
  #looks = 0;
  #seen: Seen | null = null;
  #judged: { readonly seen: Seen; readonly statuses: RunReport['statuses'] } | null = null;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#look = new Look(options.ports);
  }

  async run(requests: readonly Request[]): Promise<RunReport> {
    const at = this.#options.clock.now();
    const begun = performance.now();
    const reasons = requests.map(reasonOf);
    let wishes = wishesOf(requests);
    this.#look.forget(staleFor(requests));
    if (this.#memory.made.size > 0) this.#memory = { ...this.#memory, made: new Set() };
    const done: Step[] = [];
    const failures: StepFailure[] = [];
    const complaints = new Set<string>();
    let repaired = false;
    for (let round = 1; ; round++) {
      const seen = await this.#observeAndPlan(wishes);
      const { actual, desired, remaining } = seen;
      wishes = [];
      repaired ||= round === 1 && remaining.some(isMending) && this.#isSettled(desired);
      this.#settled = remaining.length === 0 ? desired : null;
      if (remaining.length === 0 || failures.length > 0 || round > MAX_ROUNDS) {
        const statuses = this.#judge(seen, failures);
        const durationMs = performance.now() - begun;
        const { resolution } = desired;
        const facts = { at, durationMs, reasons, done, failures, resolution, actual, statuses };
        return { ...facts, repaired, complaints: [...complaints] };
      }
      // A full disk must not keep the guard itself from being mended.
      await this.#saveBootGuard(desired).catch((error: Error) => complaints.add(error.message));
      const outcome = await executePlan(remaining, this.#options.ports, (step, later) =>
        this.#look.touched(step, later),
      );
      // Nobody knows what a step that failed has changed.
      if (outcome.failures.length > 0) this.#look.forget(READINGS);
      done.push(...outcome.done);
      failures.push(...outcome.failures);
      await this.#remember(desired, outcome.done);
    }
  }

  async #observeAndPlan(wishes: readonly Wish[]): Promise<Seen> {
    const { desired: store, clock, pools, strays, placed: placedOn, health } = this.#options;
    const actual = await this.#look.observe({
      withNatRules: store.current.networks.some(({ origin }) => origin === 'adopted'),
      withShapes: store.current.networks.some(({ bandwidth }) => bandwidth.download !== null),
    });
    for (const { decide } of wishes) await decide(actual);
    if (store.lost === null) {
      await forgetDeleted(store, actual);
      await forgetFormer(store, clock.now());
    }
    const { networks, ways, leases } = store.current;
    const placed = placedOn(networks);
    const wanted = { pools, strays: strays(networks) ?? straysIn(actual.table) };
    // Of the same grounds the same follows: most looks at 1,000 networks find that nothing has changed.
    const { lost } = store;
    const containers = JSON.stringify([wanted.strays, placed]);
    // What is known of routers is no part of the host's picture, and changes without it.
    const anew = networks.some(({ fallback }) => fallback.length > 0) ? (this.#looks += 1) : 0;
    const grounds = {
      anew,
      actual,
      networks,
      ways,
      leases,
      lost,
      memory: this.#memory,
      containers,
    };
    if (this.#seen !== null && keepSame(this.#seen.grounds, grounds) !== grounds) return this.#seen;
    const facts = {
      links: actual.links,
      routes: actual.routes,
      docker: actual.docker.networks,
      health,
    };
    const resolved = resolve(networks, facts, ways);
    const resolution = await leaseAddresses(resolved, { placed, actual, store, now: clock.now() });
    // While the state is lost nothing is known to be surplus, so nothing is planned at all.
    if (lost !== null)
      return this.#keep({
        grounds,
        actual,
        desired: desire(resolution, actual, wanted),
        remaining: [],
      });
    if (JSON.stringify(resolution.slots) !== JSON.stringify(ways)) {
      await store.update((state) => ({ ...state, ways: resolution.slots }));
    }
    const desired = desire(resolution, actual, wanted);
    return this.#keep({ grounds, actual, desired, remaining: plan(desired, actual, this.#memory) });
  }

  #keep(seen: Seen): Seen {
    this.#seen = seen;
    return seen;
  }

  #judge(seen: Seen, failures: readonly StepFailure[]): RunReport['statuses'] {
    if (failures.length === 0 && this.#judged?.seen === seen) return this.#judged.statuses;
    const { actual, desired, remaining } = seen;
    const statuses = judgeAll(desired.resolution, { actual, failures, remaining });
    this.#judged = failures.length === 0 ? { seen, statuses } : null;
    return statuses;
  }

  async #remember(desired: Desired, done: readonly Step[]): Promise<void> {
    if (done.some(({ kind }) => kind === 'table.replace')) {
      const listing = await this.#look.table();
      const key = structureKey(desired.table);
      this.#memory = {
        ...this.#memory,
        applied: listing === null ? null : { key, listing: listing.structure },
      };
    }
    const known = new Set(desired.resolution.networks.map(({ spec }) => spec.id));
    const newly = done.flatMap((step) => (step.kind === 'flows.end' ? [...step.args.settles] : []));
    const settled = new Map([...this.#memory.settled, ...newly].filter(([id]) => known.has(id)));
    const made = new Set([
      ...this.#memory.made,
      ...done.filter(isMaking).map(({ network }) => network),
    ]);
    this.#memory = { ...this.#memory, settled, made };
  }

  /** Whether the same was desired before: then what has to be done is a repair. */
  #isSettled({ table, routing, shapes }: Desired): boolean {
    if (this.#settled === null) return false;
    const before = this.#settled;
    return (
      digest([table, routing, shapes]) === digest([before.table, before.routing, before.shapes])
    );
  }

  /** Before the host changes, so that a reboot in between finds a guard that is at least as strict. */
  async #saveBootGuard({ bootTable, routing }: Desired): Promise<void> {
    const { ports, store } = this.#options;
    const guard = {
      nft: ports.nft.textOf(bootTable),
      ipBatch: ports.routing.textOf(routing.rules),
    };
    const key = digest(guard);
    if (key === this.#bootGuard) return;
    await store.saveBootGuard(guard);
    this.#bootGuard = key;
  }
}

/** Stands for a value of which only a change matters; the value itself may be large. */
function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}

/** A network is forgotten when its Docker network is gone, or is no longer ours. */
async function forgetDeleted(store: DesiredStore, { docker }: Actual): Promise<void> {
  if (docker.error !== null) return;
  const gone = store.current.networks.filter(
    (spec) => spec.deleting && matchDocker(spec, docker.networks).kind !== 'matches',
  );
  if (gone.length === 0) return;
  await store.update((state) => ({
    ...state,
    networks: state.networks.filter((spec) => !gone.some(({ id }) => id === spec.id)),
  }));
}

/** Former addresses whose time is over. */
async function forgetFormer(store: DesiredStore, now: number): Promise<void> {
  if (withoutOver(store.current.networks, now) === store.current.networks) return;
  await store.update((state) => ({ ...state, networks: withoutOver(state.networks, now) }));
}

function judgeAll(
  { networks }: Resolution,
  evidence: Parameters<typeof judge>[1],
): ReadonlyMap<string, NetworkStatus> {
  return new Map(networks.map((network) => [network.spec.id, judge(network, evidence)]));
}

/** Flows are brought over at every start; that mends nothing. */
function isMending({ kind }: Step): boolean {
  return kind !== 'flows.end';
}
