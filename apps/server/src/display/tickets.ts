import { createHash } from 'node:crypto';
import type { DisplayOwner } from './live-displays.ts';
import type { DisplayRights } from './rights.ts';

/** Who may see which session's desktop, and on the strength of what. */
export interface DisplayGrant extends DisplayOwner {
  readonly rights: DisplayRights;
}

/** What tickets need of the world. */
export interface TicketWorld {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Bytes that nobody can guess. */
  readonly randomBytes: (length: number) => Buffer;
}

/** How long a ticket can be used. */
export const TICKET_LIFETIME_MS = 30_000;
/** More are not kept at a time: the oldest one goes. Far above what 30 seconds can bring. */
const TICKET_LIMIT = 10_000;
const SECRET_BYTES = 32;

/**
 * Tickets to desktops: valid for 30 seconds and once. Only their hashes are kept, in memory: they do
 * not outlive the process, and a picture of its memory admits nobody.
 */
export class DisplayTickets {
  readonly #world: TicketWorld;
  /** By hash, the oldest first. */
  readonly #open = new Map<string, { readonly grant: DisplayGrant; readonly until: number }>();

  constructor(world: TicketWorld) {
    this.#world = world;
  }

  /** A new ticket: letters that can stand in a WebSocket's list of protocols. */
  issue(grant: DisplayGrant): string {
    this.#dropOld();
    const ticket = this.#world.randomBytes(SECRET_BYTES).toString('base64url');
    this.#open.set(hashOf(ticket), { grant, until: this.#world.now() + TICKET_LIFETIME_MS });
    return ticket;
  }

  /**
   * What a ticket admits to; `undefined` when it is unknown, used, too old or another session's.
   * It is used up in any case.
   */
  redeem(ticket: string, sessionId: string): DisplayGrant | undefined {
    const hash = hashOf(ticket);
    const found = this.#open.get(hash);
    this.#open.delete(hash);
    if (found === undefined || this.#world.now() >= found.until) return undefined;
    return found.grant.sessionId === sessionId ? found.grant : undefined;
  }

  #dropOld(): void {
    const now = this.#world.now();
    for (const [hash, { until }] of this.#open) {
      if (now < until && this.#open.size < TICKET_LIMIT) return;
      this.#open.delete(hash);
    }
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64');
}
