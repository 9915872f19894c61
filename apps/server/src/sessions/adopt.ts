import type { Session } from '@sallyport/contract/sessions';
import type { SessionState } from '@sallyport/core/session-state';
import { appendAudit } from '../audit/audit-log.ts';
import type { Sessions } from './sessions.ts';
import { PLATFORM } from './store.ts';
import { LABELS } from './wish.ts';

const FOUND: Readonly<Record<Session['state'], SessionState>> = {
  // Nobody has verified it here: it is shown when it is.
  running: 'resuming',
  paused: 'paused',
  exited: 'stopped',
  created: 'stopped',
  dead: 'stopped',
};

const NOBODY =
  'It was found on the host, and its owner is not known here. Nobody sees it: delete it, or restore the database that knows its owner.';

/**
 * A container with our label that the database does not know: the database was lost, or is older. It is
 * written down again from its labels, never made a second time.
 * @returns false where the database knows it after all
 */
export async function adopt(sessions: Sessions, container: Session): Promise<boolean> {
  const { db, world, host, onChange, onTrouble } = sessions.world;
  const { labels, id } = container;
  const now = world.now();
  const owner = await db
    .selectFrom('users')
    .select(['id', 'name'])
    .where('id', '=', labels[LABELS.owner] ?? '')
    .executeTakeFirst();
  const state = owner === undefined ? 'quarantined' : FOUND[container.state];
  const written = await db.transaction().execute(async (transaction) => {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('sessions')
      .values({
        id,
        image_id: labels[LABELS.image] ?? '',
        image_name: labels[LABELS.imageName] ?? container.image,
        owner_id: owner?.id ?? null,
        owner_name: owner?.name ?? labels[LABELS.ownerName] ?? '',
        state,
        phase: '',
        reason: owner === undefined ? NOBODY : '',
        network: container.network,
        egress: '[]',
        verified: null,
        verified_at: 0,
        container_id: container.containerId,
        host,
        wish: null,
        profile: 'keep',
        created_at: container.createdAt,
        started_at: container.startedAt,
        last_input_at: null,
        last_keepalive_at: now,
        limit_seconds: null,
        limit_at: null,
        expires_at: null,
        expiry_action: 'stop',
        version: 1,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) return false;
    await appendAudit(transaction, now, {
      actor: PLATFORM,
      action: 'session.found',
      objectType: 'session',
      objectId: id,
      details: { owner: owner?.name ?? null, network: container.network, state },
    });
    return true;
  });
  if (!written) return false;
  onTrouble('a container was found that the database did not know', {
    session: id,
    owner: owner?.name ?? null,
  });
  onChange(id, 'created');
  sessions.lead(id);
  return true;
}
