import { SallyportError } from '@sallyport/contract/errors';
import type { ImageDefinition } from '@sallyport/contract/server/images';
import type { SessionStart } from '@sallyport/contract/server/sessions';
import { appendAudit } from '../audit/audit-log.ts';
import type { Db } from '../db/open-database.ts';
import type { SessionRow } from '../db/tables.ts';
import { newId } from '../ids.ts';
import { definitionOf } from '../images/definition.ts';
import { mayUse, networksNow } from '../images/launchable.ts';
import { obstacleOf, waysOut } from '../images/ways-out.ts';
import { type Caller, loadCaller } from '../people/account.ts';
import { endOfLimit, shorterLimit } from './expiry.ts';
import { assertBelowLimit } from './store.ts';
import { planWish } from './wish.ts';
import type { SessionWorld } from './world.ts';

interface Request {
  readonly caller: Caller;
  readonly body: SessionStart;
  readonly defaultNetwork: string | null;
}

/**
 * Writes a session down, with everything that it will be made from. Nothing of it exists yet.
 * @throws SallyportError of the contract's `startSession`
 */
export async function requestSession(
  sessions: SessionWorld,
  { caller, body, defaultNetwork }: Request,
): Promise<SessionRow> {
  const { db, world } = sessions;
  const image = await usableImage(sessions, caller, body.imageId);
  const { network, egress } = await wayOut(sessions, { caller, body, defaultNetwork, image });
  const { user, settings, actor } = caller;
  const id = newId(world);
  const now = world.now();
  const wish = planWish({
    id,
    imageId: body.imageId,
    image,
    owner: { id: user.id, name: user.name },
    network,
    ownAddress: image.egressMode === 'own' || body.egress === 'own',
    settings,
  });
  const limitSeconds = shorterLimit(image.sessionTimeLimit, settings.sessionTimeLimit);
  return db.transaction().execute(async (transaction) => {
    await appendAudit(transaction, now, {
      actor,
      action: 'session.requested',
      objectType: 'session',
      objectId: id,
      details: { image: image.name, network },
    });
    await assertBelowLimit(transaction, user.id, settings.maxSessions);
    return transaction
      .insertInto('sessions')
      .values({
        id,
        image_id: body.imageId,
        image_name: image.name,
        owner_id: user.id,
        owner_name: user.name,
        state: 'requested',
        phase: '',
        reason: '',
        network,
        egress: JSON.stringify(egress),
        verified: null,
        verified_at: 0,
        container_id: null,
        host: sessions.host,
        wish: JSON.stringify(wish),
        profile: 'keep',
        created_at: now,
        started_at: null,
        last_input_at: null,
        last_keepalive_at: now,
        limit_seconds: limitSeconds,
        limit_at: endOfLimit(now, limitSeconds),
        expires_at: null,
        expiry_action: settings.keepaliveAction,
        version: 1,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** @throws SallyportError `image_not_found`, `image_forbidden` */
async function usableImage(
  { db }: SessionWorld,
  caller: Caller,
  imageId: string,
): Promise<ImageDefinition> {
  const row = await db
    .selectFrom('images')
    .selectAll()
    .where('id', '=', imageId)
    .executeTakeFirst();
  if (row === undefined) {
    throw new SallyportError('image_not_found', `There is no image ${imageId}.`);
  }
  const image = definitionOf(row);
  assertMayUse(caller, image);
  return image;
}

/** @throws SallyportError `image_forbidden` */
function assertMayUse(caller: Pick<Caller, 'groups' | 'principal'>, image: ImageDefinition): void {
  if (!mayUse(caller, image)) {
    throw new SallyportError('image_forbidden', 'The image is for other groups.', {
      remedy: 'Ask an administrator.',
    });
  }
  if (image.enabled) return;
  throw new SallyportError('image_forbidden', `The image ${image.name} is switched off.`, {
    remedy: 'Ask an administrator.',
  });
}

/**
 * A session that was stopped does not outlive the right to have it: what the groups of its owner allow now
 * decides, whoever starts it.
 * @throws SallyportError `session_limit`, `image_forbidden`, `network_not_allowed`
 */
export async function assertOwnerMayStart(
  transaction: Db,
  { owner_id, image_id, network }: SessionRow,
): Promise<void> {
  if (owner_id === null) return;
  const credentials = { scopes: null, loginToken: null, source: '' };
  const owner = await loadCaller(transaction, owner_id, credentials);
  // Whoever is disabled may not sign in; what an administrator starts for them is the administrator's business.
  if (owner === null) return;
  const { maxSessions, allowedNetworks } = owner.settings;
  await assertBelowLimit(transaction, owner_id, maxSessions);
  if (allowedNetworks !== null && !allowedNetworks.includes(network)) {
    throw new SallyportError(
      'network_not_allowed',
      `The groups do not allow ${network} any more.`,
      {
        remedy: 'Ask an administrator, or start a new session.',
      },
    );
  }
  const image = await transaction
    .selectFrom('images')
    .selectAll()
    .where('id', '=', image_id)
    .executeTakeFirst();
  if (image !== undefined) assertMayUse(owner, definitionOf(image));
}

/** @throws SallyportError `agent_unreachable`, or why it can not go there */
async function wayOut(
  { agent }: SessionWorld,
  { caller, body, defaultNetwork, image }: Request & { readonly image: ImageDefinition },
): Promise<{ readonly network: string; readonly egress: readonly string[] }> {
  const { networks, reason } = await networksNow(agent, caller.actor.name);
  if (networks === null) throw new SallyportError('agent_unreachable', reason);
  const { allowedNetworks } = caller.settings;
  const { egress = null } = body;
  assertMayChooseEgress(image, egress);
  const ways = waysOut(image, { networks, defaultNetwork, allowedNetworks, egress });
  const network = body.network ?? ways.chosen;
  if (network === null) throw refusal(ways.obstacle);
  if (network !== ways.chosen) {
    if (!ways.names.includes(network)) {
      throw new SallyportError(
        'network_not_allowed',
        `A session of ${image.name} may not be on ${network}.`,
        { remedy: `Choose one of: ${ways.names.join(', ')}.` },
      );
    }
    if (!ways.mayChoose) {
      throw new SallyportError('network_choice', `${image.name} lets nobody choose the network.`, {
        remedy: 'Leave the network out, or let an administrator allow the choice.',
      });
    }
  }
  const view = networks.get(network);
  const obstacle = obstacleOf(network, view);
  if (obstacle !== null || view === undefined) throw refusal(obstacle);
  return { network, egress: [...view.egress.ipv4, ...view.egress.ipv6] };
}

/** Who says what the image says anyway has chosen nothing. @throws SallyportError `network_choice` */
function assertMayChooseEgress(
  { name, egressMode }: ImageDefinition,
  egress: 'network' | 'own' | null,
): void {
  if (egress === null || egressMode === 'choice' || egress === egressMode) return;
  throw new SallyportError(
    'network_choice',
    `${name} lets nobody choose whether a session has an address of its own.`,
    { remedy: 'Leave the choice out, or let an administrator allow it: --egress-mode choice.' },
  );
}

function refusal(obstacle: ReturnType<typeof obstacleOf>): SallyportError {
  const { code, reason } = obstacle ?? { code: 'network_not_ready', reason: '' };
  return new SallyportError(code, reason);
}
