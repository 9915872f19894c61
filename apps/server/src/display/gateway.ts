import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
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

/** The right as it is at the moment of the upgrade; a status when there is none any more. */
export type Admission = DisplayRights | Extract<RefusalStatus, 403 | 409>;

/** What the gateway needs of the rest of the server. */
export interface GatewayOptions {
  readonly tickets: DisplayTickets;
  /** Origins whose pages may open a desktop, such as `https://desk.example.net`; compared exactly. */
  readonly origins: readonly string[];
  /** Asked at the upgrade: a right that was taken away after the ticket was issued is gone. */
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
    if (origin === undefined || !this.#options.origins.includes(origin)) throw new Refusal(403);
    if (grant === undefined) throw new Refusal(401);
    if (this.#live.count(sessionId) >= VIEWERS_LIMIT) throw new Refusal(429);
    return grant;
  }

  async #open(upgrade: UpgradeRequest, grant: DisplayGrant, gone: AbortController): Promise<void> {
    let relay: Relay | undefined;
    // In the registry before the first wait: what is revoked meanwhile is cut as well.
    const remove = this.#live.add(ownerOf(grant), (reason) => {
      gone.abort(new Refusal(403));
      relay?.end(CUT_CODES[reason], reason);
    });
    // A timer, not a signal that runs out: whoever ties the connection to the signal keeps it.
    const timer = setTimeout(() => gone.abort(new Error('too slow')), CONNECT_TIMEOUT_MS);
    let upstream: Upstream | undefined;
    try {
      const admission = await this.#options.admit(grant);
      if (typeof admission === 'number') throw new Refusal(admission);
      gone.signal.throwIfAborted();
      upstream = await this.#options.connect(grant.sessionId, gone.signal);
      // Without a listener an error between the steps would end the process.
      upstream.stream.on('error', () => undefined);
      await signInUpstream(upstream, gone.signal);
      gone.signal.throwIfAborted();
      const rights = commonRights(grant.rights, admission);
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

function ownerOf({ sessionId, userId, signInId, shareId }: DisplayGrant): DisplayOwner {
  return { sessionId, userId, signInId, shareId };
}
