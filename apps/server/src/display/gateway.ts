import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import type { IdleClock } from './idle-clock.ts';
import {
  CUT_CODES,
  type CutReason,
  type CutSelector,
  type DisplayOwner,
  LiveDisplays,
} from './live-displays.ts';
import { type RefusalStatus, refuseUpgrade } from './refuse-upgrade.ts';
import { Relay } from './relay.ts';
import { commonRights, type DisplayRights } from './rights.ts';
import { DISPLAY_PROTOCOL, readTicket } from './ticket-protocol.ts';
import type { DisplayGrant, DisplayTickets } from './tickets.ts';
import { signInUpstream, type Upstream } from './upstream-handshake.ts';

/**
 * The right as it is now; a status when there is none any more: 401 where the sign-in has ended, 403 where
 * the right has, 409 where the session is not shown.
 */
export type Admission = DisplayRights | Extract<RefusalStatus, 401 | 403 | 409>;

/** What the gateway needs of the rest of the server. */
export interface GatewayOptions {
  readonly tickets: DisplayTickets;
  /**
   * Origins whose pages may open a desktop by this request, such as `https://desk.example.net`;
   * compared exactly.
   */
  readonly origins: (request: IncomingMessage) => readonly string[];
  /** Asked at the upgrade, and at every {@link DisplayGateway.recheck}: a right that was taken away after the ticket was issued is gone. */
  readonly admit: (grant: DisplayGrant) => Promise<Admission>;
  /** A fresh connection to the session's RFB server, through the agent's tunnel. */
  readonly connect: (sessionId: string, signal: AbortSignal) => Promise<Upstream>;
  /** Told of every input; whoever ends idle sessions asks it. */
  readonly idle: IdleClock;
  /** A display could not be reached or refused us; for the log. Never contains secrets. */
  readonly onFailure: (sessionId: string, error: unknown) => void;
}

/** A request to upgrade as `node:http` hands it out, for the session that its path names. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly sessionId: string;
}

const PING_INTERVAL_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** noVNC sends 10 KiB at most in one frame. */
const LARGEST_FRAME = 256 * 1024;
/** One desktop is seen by so many at a time. */
const VIEWERS_LIMIT = 20;

/** What was refused, as a status. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: RefusalStatus;
  constructor(status: RefusalStatus) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** Connects browsers to the desktops of sessions: WebSocket outside, RFB inside. */
export class DisplayGateway {
  readonly #options: GatewayOptions;
  readonly #live = new LiveDisplays();
  readonly #relays = new Set<Relay>();
  readonly #admitted = new Set<Admitted>();
  readonly #pings: NodeJS.Timeout;
  readonly #server = new WebSocketServer({
    noServer: true,
    // Pixels are compressed already; deflate costs memory and time for each connection.
    perMessageDeflate: false,
    maxPayload: LARGEST_FRAME,
    clientTracking: false,
    handleProtocols: () => DISPLAY_PROTOCOL,
  });

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#pings = setInterval(() => {
      for (const relay of this.#relays) relay.ping();
    }, PING_INTERVAL_MS).unref();
  }

  /** Answers an upgrade: with a WebSocket, or with a status. Never rejects for what a client does. */
  async handleUpgrade(upgrade: UpgradeRequest): Promise<void> {
    const gone = new AbortController();
    // Nobody is there to read the status.
    const leave = (): void => gone.abort(new Refusal(400));
    upgrade.socket.once('error', leave);
    upgrade.socket.once('close', leave);
    try {
      const grant = this.#redeem(upgrade);
      await this.#open(upgrade, grant, gone);
    } catch (error) {
      if (!(error instanceof Refusal)) this.#options.onFailure(upgrade.sessionId, error);
      refuseUpgrade(upgrade.socket, error instanceof Refusal ? error.status : 502);
    } finally {
      upgrade.socket.off('close', leave);
    }
  }

  /** Cuts live connections, and those that are about to be, at once. @returns how many */
  cut(selector: CutSelector, reason: CutReason): number {
    return this.#live.cut(selector, reason);
  }

  /**
   * Asks for the right of every live connection anew, and cuts those that have less than they were let in
   * with: who may still come in comes back with what is left.
   */
  async recheck(): Promise<void> {
    await Promise.all(
      [...this.#admitted].map(async ({ grant, rights, cut }) => {
        const admission = await this.#options.admit(grant);
        if (typeof admission === 'number') cut(reasonOf(admission, grant));
        else if (!isDeepStrictEqual(commonRights(grant.rights, admission), rights)) {
          cut('right-revoked');
        }
      }),
    );
  }

  /** Ids of the sessions that somebody looks at. */
  watched(): readonly string[] {
    return [...new Set([...this.#admitted].map(({ grant }) => grant.sessionId))];
  }

  /** How many connections it carries. */
  connections(): number {
    return this.#relays.size;
  }

  /** How many people look at a session's desktop. */
  viewers(sessionId: string): number {
    return this.#live.count(sessionId);
  }

  /** Ends every connection; new ones must not come. */
  close(): void {
    clearInterval(this.#pings);
    this.cut({}, 'shutdown');
    this.#server.close();
  }

  #redeem({ request, sessionId }: UpgradeRequest): DisplayGrant {
    // The ticket is used up before anything is refused: one that a foreign page holds is worth nothing.
    const ticket = readTicket(request.headers['sec-websocket-protocol']);
    const grant =
      ticket === undefined ? undefined : this.#options.tickets.redeem(ticket, sessionId);
    const { origin } = request.headers;
    if (origin === undefined || !this.#options.origins(request).includes(origin))
      throw new Refusal(403);
    if (grant === undefined) throw new Refusal(401);
    if (this.#live.count(sessionId) >= VIEWERS_LIMIT) throw new Refusal(429);
    return grant;
  }

  async #open(upgrade: UpgradeRequest, grant: DisplayGrant, gone: AbortController): Promise<void> {
    let relay: Relay | undefined;
    // In the registry before the first wait: what is revoked meanwhile is cut as well.
    const cut = (reason: CutReason): void => {
      gone.abort(new Refusal(403));
      relay?.end(CUT_CODES[reason], reason);
    };
    const leave = this.#live.add(ownerOf(grant), cut);
    let admitted: Admitted | undefined;
    const remove = (): void => {
      leave();
      if (admitted !== undefined) this.#admitted.delete(admitted);
    };
    // A timer, not a signal that runs out: whoever ties the connection to the signal keeps it.
    const timer = setTimeout(() => gone.abort(new Error('too slow')), CONNECT_TIMEOUT_MS);
    let upstream: Upstream | undefined;
    try {
      const admission = await this.#options.admit(grant);
      if (typeof admission === 'number') throw new Refusal(admission);
      const rights = commonRights(grant.rights, admission);
      admitted = { grant, rights, cut };
      this.#admitted.add(admitted);
      gone.signal.throwIfAborted();
      upstream = await this.#options.connect(grant.sessionId, gone.signal);
      // Without a listener an error between the steps would end the process.
      upstream.stream.on('error', () => undefined);
      await signInUpstream(upstream, gone.signal);
      gone.signal.throwIfAborted();
      const sides = { browser: this.#accept(upgrade), upstream: upstream.stream };
      relay = this.#start(sides, { grant, rights, remove });
    } catch (error) {
      upstream?.stream.destroy();
      remove();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** `ws` answers within this call, or has refused the request itself. */
  #accept({ request, socket, head }: UpgradeRequest): WebSocket {
    if (socket instanceof Socket) socket.setNoDelay(true);
    const accepted: WebSocket[] = [];
    this.#server.handleUpgrade(request, socket, head, (browser) => accepted.push(browser));
    const browser = accepted[0];
    if (browser === undefined) throw new Refusal(400);
    return browser;
  }

  #start(
    sides: { readonly browser: WebSocket; readonly upstream: Duplex },
    { grant, rights, remove }: { grant: DisplayGrant; rights: DisplayRights; remove: () => void },
  ): Relay {
    const relay = new Relay(sides, {
      rights,
      onInput: () => this.#options.idle.touch(grant.sessionId),
      onEnd: () => {
        this.#relays.delete(relay);
        remove();
      },
    });
    this.#relays.add(relay);
    relay.start();
    return relay;
  }
}

/** A connection that was let in, and with what. */
interface Admitted {
  readonly grant: DisplayGrant;
  readonly rights: DisplayRights;
  readonly cut: (reason: CutReason) => void;
}

function reasonOf(refusal: 401 | 403 | 409, { shareId }: DisplayGrant): CutReason {
  if (refusal === 409) return 'session-ended';
  if (refusal === 401) return 'signed-out';
  return shareId === undefined ? 'right-revoked' : 'share-ended';
}

function ownerOf({ sessionId, userId, signInId, shareId }: DisplayGrant): DisplayOwner {
  return { sessionId, userId, signInId, shareId };
}
