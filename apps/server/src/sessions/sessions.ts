import { SallyportError } from '@sallyport/contract/errors';
import type { SessionStart, SessionView } from '@sallyport/contract/server/sessions';
import { hasPermission } from '@sallyport/core/permissions';
import {
  type SessionAction,
  type SessionEvent,
  sessionAllows,
} from '@sallyport/core/session-state';
import type { Actor } from '../audit/audit-log.ts';
import type { SessionPatch, SessionRow } from '../db/tables.ts';
import type { Caller } from '../people/account.ts';
import { endOfLimit } from './expiry.ts';
import { Lanes } from './lanes.ts';
import { leadOn } from './lead-on.ts';
import { NetworkBook } from './network-book.ts';
import { keepAlive, quarantine, transit, verificationPatch } from './outcomes.ts';
import { assertOwnerMayStart, requestSession } from './request.ts';
import { mayDo, maySee } from './rights.ts';
import { findSession, listSessions, noteSession, type SessionQuery } from './store.ts';
import { viewSession } from './view.ts';
import type { SessionWorld } from './world.ts';

/** A change that somebody, or time, asks for. */
interface Act {
  readonly id: string;
  readonly action: Extract<SessionAction, 'start' | 'pause' | 'resume' | 'stop' | 'delete'>;
  readonly actor: Actor;
  readonly patch?: SessionPatch;
  /** Asked in the lane, of the row as it is then. */
  readonly allow?: (row: SessionRow) => void;
}

interface SessionsOptions extends SessionWorld {
  readonly defaultNetwork: string | null;
}

/** What people and time ask of sessions: written down at once, done in the session's lane. */
export class Sessions {
  readonly world: SessionsOptions;
  readonly #lanes = new Lanes();
  readonly #networks: NetworkBook;

  constructor(options: SessionsOptions) {
    this.world = options;
    this.#networks = new NetworkBook(options.agent, options.world.now);
  }

  /** The networks have changed: they are asked for again. */
  forgetNetworks(): void {
    this.#networks.forget();
  }

  /** @throws SallyportError of the contract's `startSession` */
  async request(caller: Caller, body: SessionStart): Promise<SessionView> {
    const { defaultNetwork, onChange } = this.world;
    const row = await requestSession(this.world, { caller, body, defaultNetwork });
    onChange(row.id, 'created');
    this.lead(row.id);
    return this.view(row, caller);
  }

  async list(
    caller: Caller,
    { all, owner, ...query }: SessionQuery & { readonly all: boolean },
  ): Promise<readonly SessionView[]> {
    if (all && !hasPermission(caller.principal, 'sessions.read')) {
      throw new SallyportError('forbidden', 'The sessions of others need sessions.read.', {
        remedy: 'Leave `all` out.',
      });
    }
    const whose = all ? owner : caller.user.id;
    const rows =
      !all && owner !== undefined && owner !== caller.user.id
        ? []
        : await listSessions(this.world.db, { ...query, owner: whose });
    const picture = await this.#networks.picture();
    return rows.map((row) => viewSession(row, caller, picture));
  }

  /** @throws SallyportError `session_not_found`, also for whoever may not know of it */
  async find(caller: Pick<Caller, 'principal' | 'settings'>, id: string): Promise<SessionRow> {
    const row = await findSession(this.world.db, id);
    if (row !== undefined && row.state !== 'deleted' && maySee(caller, row)) return row;
    throw new SallyportError('session_not_found', `There is no session ${id}.`);
  }

  async show(caller: Caller, id: string): Promise<SessionView> {
    return this.view(await this.find(caller, id), caller);
  }

  /** @throws SallyportError `forbidden`, `session_state` where the action is not for this one or not now */
  allowed(
    caller: Pick<Caller, 'principal' | 'settings'>,
    row: SessionRow,
    action: SessionAction,
  ): void {
    if (!mayDo(caller, row, action)) {
      throw new SallyportError('forbidden', `Your groups do not allow you to ${action} it.`, {
        remedy: 'Ask an administrator.',
      });
    }
    if (sessionAllows(row.state, action)) return;
    throw new SallyportError(
      'session_state',
      `The session is ${row.state}: you can not ${action} it.`,
      {
        remedy: row.reason,
      },
    );
  }

  /** @throws SallyportError `session_not_found`, `forbidden`, `session_state`, `session_limit` */
  async act(
    caller: Caller,
    { id, action, profile }: Pick<Act, 'id' | 'action'> & { readonly profile?: 'keep' | 'delete' },
  ): Promise<SessionView> {
    await this.find(caller, id);
    const row = await this.perform({
      id,
      action,
      actor: caller.actor,
      ...(profile !== undefined && { patch: { profile } }),
      allow: (now) => this.allowed(caller, now, action),
    });
    return this.view(row, caller);
  }

  /** Writes the change in the session's lane, and leads it on behind. */
  async perform({ id, action, actor, patch = {}, allow }: Act): Promise<SessionRow> {
    const row = await this.#lanes.run(id, async () => {
      const now = await findSession(this.world.db, id);
      if (now === undefined) {
        throw new SallyportError('session_not_found', `There is no session ${id}.`);
      }
      allow?.(now);
      const event: SessionEvent = action;
      const changed = await transit(this.world, now, {
        event,
        actor,
        patch: { reason: '', ...(action === 'start' && this.#anew(now)), ...patch },
        ...(action === 'start' && { check: (db) => assertOwnerMayStart(db, now) }),
      });
      if (changed !== undefined) return changed;
      throw new SallyportError('session_state', 'The session has changed meanwhile.', {
        remedy: 'Look at it again.',
      });
    });
    this.lead(id);
    return row;
  }

  /** Somebody looks at it. */
  async keepalive(caller: Caller, id: string): Promise<SessionView> {
    const row = await this.find(caller, id);
    if (mayDo(caller, row, 'open')) await keepAlive(this.world, row);
    return this.show(caller, id);
  }

  /** @throws SallyportError as `verifySession` of the agent */
  async verifyFor(caller: Caller, id: string): Promise<SessionView> {
    this.allowed(caller, await this.find(caller, id), 'open');
    await this.verify(id);
    return this.show(caller, id);
  }

  /** Asks now by which address a running session leaves. */
  verify(id: string): Promise<void> {
    return this.inLane(id, async (row) => {
      if (row.state !== 'running') return;
      const client = this.world.agent.as(row.owner_name);
      const verification = await client('verifySession', { params: { id } });
      const { ok, observed } = verification;
      if (!ok && observed !== null) return quarantine(this.world, row, verification);
      if (await noteSession(this.world.db, row, verificationPatch(verification))) {
        this.world.onChange(id, 'updated');
      }
    });
  }

  async logs(caller: Caller, id: string, lines: number): Promise<{ text: string }> {
    const row = await this.find(caller, id);
    this.allowed(caller, row, 'logs');
    return this.world.agent.as(caller.actor.name)('sessionLogs', {
      params: { id },
      query: { lines },
    });
  }

  /** Leads a session on behind, if there is anything to lead. */
  lead(id: string): void {
    this.#lanes
      .runYielding(id, (signal) => leadOn(this.world, id, signal))
      .catch((error: unknown) => {
        this.world.onTrouble('a session could not be led on', {
          session: id,
          error: String(error),
        });
      });
  }

  /** Runs in the session's lane with the row as it is then; not at all where there is none. */
  inLane(id: string, work: (row: SessionRow) => Promise<void>): Promise<void> {
    return this.#lanes.run(id, async () => {
      const row = await findSession(this.world.db, id);
      if (row !== undefined) await work(row);
    });
  }

  isBusy(id: string): boolean {
    return this.#lanes.isBusy(id);
  }

  async view(row: SessionRow, caller: Caller): Promise<SessionView> {
    return viewSession(row, caller, await this.#networks.picture());
  }

  /** What is under way stays as it is written, and is led on at the next start. */
  close(): Promise<void> {
    return this.#lanes.close();
  }

  /** A start begins the time anew. */
  #anew({ limit_seconds }: SessionRow): SessionPatch {
    const now = this.world.world.now();
    return { last_keepalive_at: now, limit_at: endOfLimit(now, limit_seconds) };
  }
}
