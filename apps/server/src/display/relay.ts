import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import { BrowserHandshake, GREETING } from './browser-handshake.ts';
import { ClientFilter } from './client-filter.ts';
import { RfbError } from './rfb-error.ts';
import type { DisplayRights } from './rights.ts';

/** Above this many waiting bytes a side is not read any more, and is again below the low mark. */
const HIGH_MARK = 256 * 1024;
const LOW_MARK = 64 * 1024;
/** RFC 6455 7.4.1. */
const CLOSE = { normal: 1000, protocolError: 1002, unsupported: 1003, internal: 1011 } as const;
/** How long a browser may take to answer a close frame, and to say what version it speaks. */
const CLOSE_TIMEOUT_MS = 1_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Both sides of a connection to a desktop. */
export interface RelaySides {
  readonly browser: WebSocket;
  /** Signed in; the next bytes from it are ServerInit. Belongs to the relay from now on. */
  readonly upstream: Duplex;
}

/** What the relay has to know and to tell. */
export interface RelayOptions {
  readonly rights: DisplayRights;
  /** Somebody typed, moved or pasted. */
  readonly onInput: () => void;
  /** Once, when both sides are closed or about to be. */
  readonly onEnd: () => void;
}

/** Carries RFB between a browser and a session, filtered on the way in, until one of them ends. */
export class Relay {
  readonly #browser: WebSocket;
  readonly #upstream: Duplex;
  readonly #options: RelayOptions;
  readonly #handshake = new BrowserHandshake();
  readonly #filter: ClientFilter;
  readonly #handshakeTimer: NodeJS.Timeout;
  #greeted = false;
  #ended = false;
  #alive = true;

  constructor({ browser, upstream }: RelaySides, options: RelayOptions) {
    this.#browser = browser;
    this.#upstream = upstream;
    this.#options = options;
    this.#filter = new ClientFilter(options.rights);
    this.#handshakeTimer = setTimeout(() => {
      this.end(CLOSE.protocolError, 'no RFB');
    }, HANDSHAKE_TIMEOUT_MS);
  }

  /** Begins. */
  start(): void {
    if (this.#upstream instanceof Socket) this.#upstream.setNoDelay(true);
    this.#browser.on('message', (data, isBinary) => this.#fromBrowser(data, isBinary));
    this.#browser.on('pong', () => (this.#alive = true));
    this.#browser.on('error', () => this.end(CLOSE.protocolError, 'not a WebSocket'));
    this.#browser.on('close', () => this.end(CLOSE.normal, ''));
    this.#upstream.on('drain', () => this.#browser.resume());
    this.#upstream.on('error', () => this.end(CLOSE.internal, 'the display failed'));
    this.#upstream.on('close', () => this.end(CLOSE.normal, 'the display ended'));
    this.#upstream.on('end', () => this.end(CLOSE.normal, 'the display ended'));
    // What ended before anybody listened does not say so again.
    if (this.#upstream.destroyed) this.end(CLOSE.normal, 'the display ended');
    else {
      for (const part of this.#filter.preamble()) this.#upstream.write(part);
      this.#browser.send(GREETING);
    }
  }

  /**
   * Ends both sides now. What waits for a slow browser is thrown away, and the reason with it:
   * whoever is cut off gets nothing more of the desktop.
   */
  end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#handshakeTimer);
    this.#upstream.destroy();
    if (this.#browser.bufferedAmount > LOW_MARK) this.#browser.terminate();
    else if (this.#browser.readyState === WebSocket.OPEN) {
      // A paused socket would never see the answer.
      this.#browser.resume();
      this.#browser.close(code, reason);
      setTimeout(() => this.#browser.terminate(), CLOSE_TIMEOUT_MS).unref();
    }
    this.#options.onEnd();
  }

  /** Asks the browser for a sign of life, and gives it up when it has not sent one since last time. */
  ping(): void {
    if (!this.#alive) {
      this.#browser.terminate();
      return;
    }
    this.#alive = false;
    this.#browser.ping();
  }

  #fromBrowser(data: RawData, isBinary: boolean): void {
    if (this.#ended) return;
    this.#alive = true;
    // `binaryType` is nodebuffer: there is no other form.
    if (!isBinary || !Buffer.isBuffer(data)) {
      this.end(CLOSE.unsupported, 'binary frames only');
      return;
    }
    try {
      if (this.#greeted) this.#forward(data);
      else this.#greet(data);
    } catch (error) {
      if (!(error instanceof RfbError)) throw error;
      this.end(CLOSE.protocolError, 'not RFB as known here');
    }
  }

  #greet(data: Buffer): void {
    const { replies, rest } = this.#handshake.push(data);
    for (const reply of replies) this.#browser.send(reply);
    if (rest === undefined) return;
    this.#greeted = true;
    clearTimeout(this.#handshakeTimer);
    this.#upstream.on('data', (chunk: Buffer) => this.#toBrowser(chunk));
    this.#upstream.resume();
    this.#forward(rest);
  }

  #forward(data: Buffer): void {
    const { pass, input } = this.#filter.push(data);
    for (const part of pass) this.#upstream.write(part);
    if (input) this.#options.onInput();
    if (this.#upstream.writableLength > HIGH_MARK) this.#browser.pause();
  }

  #toBrowser(chunk: Buffer): void {
    this.#browser.send(chunk, () => {
      free(chunk);
      if (this.#browser.bufferedAmount <= LOW_MARK && this.#upstream.isPaused()) {
        this.#upstream.resume();
      }
    });
    if (this.#browser.bufferedAmount > HIGH_MARK) this.#upstream.pause();
  }
}

/**
 * Gives the memory of sent pixels back at once. Sockets allocate it outside of V8's heap for each
 * read; left to the collector, 30 MB/s of it make V8 collect the whole heap twice a second.
 */
function free({ buffer, length }: Buffer): void {
  // What shares its memory with others (a pool, the rest of a handshake) is not ours to free.
  if (buffer instanceof ArrayBuffer && length === buffer.byteLength) buffer.transfer(0);
}
