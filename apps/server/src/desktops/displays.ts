import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { SallyportError } from '@sallyport/contract/errors';
import type { Ticket } from '@sallyport/contract/server/displays';
import type { AgentLink } from '../agent/agent-link.ts';
import { appendAudit } from '../audit/audit-log.ts';
import { countAttempt, forgetAttempts } from '../auth/attempts.ts';
import { hashSecret } from '../auth/secrets.ts';
import type { Db } from '../db/open-database.ts';
import type { SessionRow } from '../db/tables.ts';
import { DisplayGateway } from '../display/gateway.ts';
import { IdleClock } from '../display/idle-clock.ts';
import { refuseUpgrade } from '../display/refuse-upgrade.ts';
import { DISPLAY_PROTOCOL } from '../display/ticket-protocol.ts';
import { type DisplayGrant, DisplayTickets, TICKET_LIFETIME_MS } from '../display/tickets.ts';
import { Thumbnails } from '../display/thumbnail.ts';
import type { World } from '../ids.ts';
import type { Caller } from '../people/account.ts';
import { settingsOf } from '../sessions/outcomes.ts';
import { isOwner } from '../sessions/rights.ts';
import { findSession } from '../sessions/store.ts';
import { admit, rightsOf } from './admission.ts';
import { findShareByToken, noShare, noteShare } from './shares.ts';

export interface DisplayOptions {
  readonly db: Db;
  readonly world: World;
  readonly agent: AgentLink;
  readonly https: boolean;
  readonly onTrouble: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** No user can be called so: attempts to guess links are counted apart. */
const SHARES = '/shares';

/** Tickets to desktops, the gateway behind them, and the pictures. */
export class Displays {
  readonly gateway: DisplayGateway;
  readonly #options: DisplayOptions;
  readonly #tickets: DisplayTickets;
  readonly #idle: IdleClock;
  readonly #thumbnails: Thumbnails;

  constructor(options: DisplayOptions) {
    const { db, world, agent, https, onTrouble } = options;
    this.#options = options;
    this.#tickets = new DisplayTickets(world);
    this.#idle = new IdleClock(world.now);
    this.#thumbnails = new Thumbnails({ connect: agent.display, now: world.now });
    this.gateway = new DisplayGateway({
      tickets: this.#tickets,
      // The page comes from where the WebSocket goes to; a proxy keeps the Host header.
      origins: ({ headers }) => [`${https ? 'https' : 'http'}://${headers.host}`],
      admit: (grant) => admit(db, world.now(), grant),
      connect: agent.display,
      idle: this.#idle,
      onFailure: (session, error) =>
        onTrouble('a display could not be reached', { session, error: String(error) }),
    });
  }

  /** For whoever may open the session. Who opens another's is in the log. */
  async issue(caller: Caller, row: SessionRow): Promise<Ticket> {
    if (caller.loginToken === null) {
      throw new SallyportError('forbidden', 'An API key opens no desktop.');
    }
    if (!isOwner(caller, row)) await this.#noteOpened(caller, row);
    this.#idle.touch(row.id);
    return this.#ticket({
      sessionId: row.id,
      userId: caller.user.id,
      signInId: hashSecret(caller.loginToken),
      shareId: undefined,
      rights: rightsOf(caller),
    });
  }

  /** For whoever has a link. @throws SallyportError `share_not_found`, `session_state` */
  async openShare(token: string, source: string) {
    const { db, world } = this.#options;
    await countAttempt(db, world.now(), { account: SHARES, source });
    const share = await findShareByToken(db, world.now(), token);
    await forgetAttempts(db, SHARES, source);
    const row = await findSession(db, share.session_id);
    if (row === undefined) throw noShare();
    const grant = {
      sessionId: row.id,
      userId: undefined,
      signInId: undefined,
      shareId: share.id,
      rights: { control: true, clipboardIn: true, clipboardOut: true },
    };
    const rights = await admit(db, world.now(), grant);
    if (rights === 409) {
      throw new SallyportError('session_state', `The session is ${row.state}.`, {
        remedy: 'Ask whoever gave you the link to start it.',
      });
    }
    if (typeof rights === 'number') throw noShare();
    const actor = { id: null, name: 'a link', source };
    await db
      .transaction()
      .execute((transaction) =>
        noteShare(transaction, world.now(), { actor, action: 'session.share-opened', share }),
      );
    const { mode } = share;
    const ticket = this.#ticket({ ...grant, rights });
    return { sessionId: row.id, imageName: row.image_name, mode, ...ticket };
  }

  /** @throws SallyportError `display_unreachable`, or as the agent refuses */
  async picture(sessionId: string): Promise<Buffer> {
    try {
      return await this.#thumbnails.picture(sessionId);
    } catch (error) {
      if (error instanceof SallyportError) throw error;
      throw new SallyportError('display_unreachable', 'The display gave no picture.', {
        cause: error,
      });
    }
  }

  /** Answers an upgrade; those that are no display's are refused. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const sessionId = /^\/api\/v1\/sessions\/([\w-]{1,64})\/display$/.exec(path)?.[1];
    if (sessionId === undefined) refuseUpgrade(socket, 400);
    else void this.gateway.handleUpgrade({ request, socket, head, sessionId });
  }

  /** Nobody may see the session any more. */
  hide(sessionId: string): void {
    this.gateway.cut({ sessionId }, 'session-ended');
    this.#thumbnails.forget(sessionId);
    this.#idle.forget(sessionId);
  }

  /** Rights may have changed: whoever has less now is cut. Never rejects. */
  async recheck(): Promise<void> {
    try {
      await this.gateway.recheck();
    } catch (error) {
      // Who may look on is not known: then nobody does.
      this.gateway.cut({}, 'right-revoked');
      this.#options.onTrouble('rights could not be looked up', { error: String(error) });
    }
  }

  /** One look with the time: rights that ended, and people who do nothing. */
  async look(): Promise<void> {
    await this.recheck();
    const { db, world } = this.#options;
    await Promise.all(
      this.gateway.watched().map(async (id) => {
        const row = await findSession(db, id);
        const last = this.#idle.lastInput(id);
        if (row === undefined || last === undefined) return;
        if (last > (row.last_input_at ?? 0)) {
          await db
            .updateTable('sessions')
            .set({ last_input_at: last })
            .where('id', '=', id)
            .execute();
        }
        const { idleDisconnect } = await settingsOf(db, row.owner_id);
        if (idleDisconnect !== null && world.now() - last >= idleDisconnect * 1000) {
          this.gateway.cut({ sessionId: id }, 'idle');
        }
      }),
    );
  }

  close(): void {
    this.gateway.close();
  }

  #ticket(grant: DisplayGrant): Ticket {
    const { control, clipboardIn, clipboardOut } = grant.rights;
    return {
      ticket: this.#tickets.issue(grant),
      path: `/api/v1/sessions/${grant.sessionId}/display`,
      protocol: DISPLAY_PROTOCOL,
      expiresAt: this.#options.world.now() + TICKET_LIFETIME_MS,
      viewOnly: !control,
      clipboardIn,
      clipboardOut,
    };
  }

  async #noteOpened({ actor }: Caller, { id, owner_name }: SessionRow): Promise<void> {
    const { db, world } = this.#options;
    const entry = { actor, action: 'session.opened', objectType: 'session', objectId: id };
    await db
      .transaction()
      .execute((transaction) =>
        appendAudit(transaction, world.now(), { ...entry, details: { owner: owner_name } }),
      );
  }
}
