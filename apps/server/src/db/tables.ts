import type { EXPIRY_ACTIONS } from '@sallyport/core/group-settings';
import type { SessionState } from '@sallyport/core/session-state';
import type { Insertable, Selectable, Updateable } from 'kysely';

/**
 * The tables, the same in SQLite and PostgreSQL: ids are UUIDv7 as text, times milliseconds since
 * 1970, flags 0 or 1, lists and records JSON text.
 */
export interface Tables {
  users: UserTable;
  groups: GroupTable;
  group_members: { group_id: string; user_id: string };
  logins: LoginTable;
  identities: IdentityTable;
  recovery_codes: { user_id: string; code_hash: string };
  api_keys: ApiKeyTable;
  sign_in_attempts: AttemptTable;
  audit: AuditTable;
  idempotency: IdempotencyTable;
  images: ImageTable;
  sessions: SessionTable;
  shares: ShareTable;
}

interface UserTable {
  id: string;
  /** In lower case: people do not remember how they wrote it. */
  name: string;
  display_name: string;
  password_hash: string;
  administrator: number;
  disabled: number;
  totp_secret: string | null;
  /** 0 while the secret waits for its first code. */
  totp_active: number;
  /** The last 30-second step whose code was taken, so that no code works twice. */
  totp_last_step: number;
  version: number;
  created_at: number;
  updated_at: number;
}
export type UserRow = Selectable<UserTable>;

/** By whom somebody is known elsewhere. */
interface IdentityTable {
  issuer: string;
  subject: string;
  user_id: string;
  created_at: number;
}

interface GroupTable {
  id: string;
  name: string;
  description: string;
  priority: number;
  /** Everybody is in it, and it can not be deleted. */
  everyone: number;
  permissions: string;
  settings: string;
  version: number;
  created_at: number;
  updated_at: number;
}
export type GroupRow = Selectable<GroupTable>;

interface LoginTable {
  /** SHA-256 of the cookie's token: a copy of the database signs nobody in. */
  token_hash: string;
  user_id: string;
  source: string;
  created_at: number;
  expires_at: number;
}

interface ApiKeyTable {
  id: string;
  user_id: string;
  name: string;
  secret_hash: string;
  scopes: string;
  created_at: number;
  expires_at: number;
}
export type ApiKeyRow = Selectable<ApiKeyTable>;

interface AttemptTable {
  key: string;
  failures: number;
  window_ends_at: number;
}

interface AuditTable {
  /** Without gaps, from 1. */
  seq: number;
  at: number;
  actor_id: string | null;
  actor_name: string;
  source: string;
  action: string;
  object_type: string;
  object_id: string;
  details: string;
  previous_hash: string;
  hash: string;
}
export type AuditRow = Selectable<AuditTable>;
export type NewAuditRow = Insertable<AuditTable>;

interface IdempotencyTable {
  user_id: string;
  key: string;
  endpoint: string;
  body_hash: string;
  /** null while the first request is under way. */
  status: number | null;
  response: string | null;
  created_at: number;
}

interface ImageTable {
  id: string;
  name: string;
  enabled: number;
  /** A data: URL. */
  picture: string | null;
  /** The rest of the contract's image, which is never searched. */
  definition: string;
  version: number;
  created_at: number;
  updated_at: number;
}
export type ImageRow = Selectable<ImageTable>;

interface SessionTable {
  id: string;
  image_id: string;
  image_name: string;
  /** null: found on the host, and the owner is not known. No reference: it outlives its owner's end. */
  owner_id: string | null;
  owner_name: string;
  state: SessionState;
  phase: string;
  reason: string;
  network: string;
  /** The addresses by which it should leave, as they were when it was verified. */
  egress: string;
  verified: string | null;
  /** Of the last verification; 0: none. */
  verified_at: number;
  container_id: string | null;
  host: string;
  /** What the agent is asked for; null: found on the host, nobody knows any more. */
  wish: string | null;
  /** What becomes of the profile when it is deleted. */
  profile: 'keep' | 'delete';
  created_at: number;
  started_at: number | null;
  last_input_at: number | null;
  last_keepalive_at: number | null;
  /** How long it may live from each start on; null: as long as it likes. */
  limit_seconds: number | null;
  /** The end by the time limit. */
  limit_at: number | null;
  expires_at: number | null;
  expiry_action: (typeof EXPIRY_ACTIONS)[number];
  version: number;
}
export type SessionRow = Selectable<SessionTable>;
export type SessionPatch = Updateable<SessionTable>;

interface ShareTable {
  id: string;
  session_id: string;
  mode: 'view' | 'control';
  token_hash: string;
  /** What the link lets others do ends with the right of this user to share. */
  created_by: string;
  created_at: number;
  expires_at: number;
}
export type ShareRow = Selectable<ShareTable>;
