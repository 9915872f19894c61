import type { ApplyRequest, ApplyResult, Change } from '@sallyport/contract/document';
import type { EventKind } from '@sallyport/contract/host';
import type { RecordEvent } from '../events/recorded-event.ts';
import type { Docker } from '../ports/docker.ts';
import type { DesiredStore } from '../reconcile/desired-store.ts';
import { refuseInUse } from './in-use.ts';
import { planDocument } from './plan-document.ts';
import { recoverSpecs } from './recover.ts';
import type { Surroundings } from './refusals.ts';
import type { Transaction } from './transaction.ts';
import type { Defaults } from './wishes.ts';

interface ApplyContext {
  readonly desired: DesiredStore;
  readonly docker: Docker;
  readonly surroundings: Surroundings;
  readonly defaults: Defaults;
  readonly transaction: Transaction;
  readonly record: RecordEvent;
  readonly actor: string | null;
}

/**
 * Makes the networks as the document says. While the stored state is lost this is the only change
 * there is: the document confirms every network of the host anew.
 * @throws SallyportError before anything was done, or for the first network that was refused
 */
export async function applyDocument(
  { document, dryRun, prune }: ApplyRequest,
  context: ApplyContext,
): Promise<ApplyResult> {
  const { desired, docker, surroundings, defaults, transaction } = context;
  const lost = desired.lost !== null;
  const specs = lost
    ? recoverSpecs(document, surroundings.docker, { prune, defaults })
    : surroundings.specs;
  const plan = planDocument(document, { ...surroundings, specs }, { defaults, prune });
  for (const spec of plan.specs) if (spec.deleting) await refuseInUse(spec, docker);
  if (dryRun) return { changes: [...plan.changes], applied: false };
  if (lost) await confirmAnew(context, plan.specs);
  await transaction.replaceAll(plan.specs);
  for (const change of plan.changes) await recordChange(change, context);
  return { changes: [...plan.changes], applied: true };
}

async function confirmAnew(
  { desired, record, actor }: ApplyContext,
  networks: Surroundings['specs'],
): Promise<void> {
  const where = await desired.replaceLost({ networks, leases: [], ways: [] });
  const message = `state confirmed anew; the old one is in ${where}`;
  await record({ kind: 'state.lost', network: null, message, reason: 'apply', actor });
}

const EVENT_OF: Readonly<Partial<Record<Change['action'], EventKind>>> = {
  create: 'network.created',
  update: 'network.updated',
  delete: 'network.deleted',
  adopt: 'network.adopted',
};

async function recordChange(
  { action, network, details }: Change,
  { record, actor }: ApplyContext,
): Promise<void> {
  const kind = EVENT_OF[action];
  if (kind === undefined) return;
  const message = details.join('; ') || 'deleted';
  await record({ kind, network, message, reason: 'apply', actor });
}
