import type { SessionView } from '@sallyport/contract/server/sessions';
import type { SessionRow } from '../db/tables.ts';
import type { Caller } from '../people/account.ts';
import type { NetworkPicture } from './network-book.ts';
import { offeredActions } from './rights.ts';

/** Pure: a session for the one who asks. */
export function viewSession(
  row: SessionRow,
  asker: Pick<Caller, 'principal' | 'settings'>,
  { networks, reason }: NetworkPicture,
): SessionView {
  const network = networks.get(row.network);
  // Where each container has an address of its own, its verification has found which.
  const own = network?.assign === 'per-container' && row.verified !== null;
  const shared = own ? undefined : network && [...network.egress.ipv4, ...network.egress.ipv6];
  return {
    id: row.id,
    imageId: row.image_id,
    imageName: row.image_name,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name },
    state: row.state,
    phase: row.phase,
    reason: row.reason,
    actions: offeredActions(asker, row),
    network: row.network,
    egress: shared ?? (JSON.parse(row.egress) as string[]),
    verified: row.verified === null ? null : (JSON.parse(row.verified) as SessionView['verified']),
    networkState: network?.state ?? (reason === '' ? 'Error' : 'Pending'),
    networkReason: network?.reason ?? (reason === '' ? 'The host has no such network.' : reason),
    containerId: row.container_id,
    host: row.host,
    createdAt: row.created_at,
    startedAt: row.started_at,
    lastInputAt: row.last_input_at,
    lastKeepaliveAt: row.last_keepalive_at,
    expiresAt: row.expires_at,
    expiryAction: row.expiry_action,
    version: row.version,
  };
}
