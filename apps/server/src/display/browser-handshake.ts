import { RfbError } from './rfb-error.ts';
import { RFB_VERSION, SECURITY } from './upstream-handshake.ts';

type Step = 'version' | 'security' | 'init';

/** What follows from some bytes of the browser. */
export interface HandshakeProgress {
  /** To be sent to the browser, in order. */
  readonly replies: readonly Buffer[];
  /** The handshake is over; these bytes come after it. `undefined` while it goes on. */
  readonly rest: Buffer | undefined;
}

/** What the server says first. */
export const GREETING = RFB_VERSION;
const OFFER = Buffer.from([1, SECURITY.none]);
const ACCEPTED = Buffer.alloc(4);

/**
 * The server's part of the RFB handshake (RFC 6143 7.1 to 7.3.1) towards a browser. No security is
 * offered: the ticket was the admission, and the session's password stays here. The browser's wish
 * to be alone on the desktop (ClientInit) is not passed on.
 */
export class BrowserHandshake {
  #step: Step = 'version';
  #held = Buffer.alloc(0);

  /** @throws RfbError on anything but version 3.8 without security */
  push(chunk: Buffer): HandshakeProgress {
    let data = Buffer.concat([this.#held, chunk]);
    const replies: Buffer[] = [];
    const take = (length: number): Buffer => {
      const taken = data.subarray(0, length);
      data = data.subarray(length);
      return taken;
    };
    if (this.#step === 'version' && data.length >= RFB_VERSION.length) {
      if (!take(RFB_VERSION.length).equals(RFB_VERSION)) throw new RfbError('not RFB 3.8');
      replies.push(OFFER);
      this.#step = 'security';
    }
    if (this.#step === 'security' && data.length > 0) {
      if (take(1).readUInt8() !== SECURITY.none) throw new RfbError('security was not offered');
      replies.push(ACCEPTED);
      this.#step = 'init';
    }
    if (this.#step === 'init' && data.length > 0) {
      take(1);
      return { replies, rest: data };
    }
    this.#held = data;
    return { replies, rest: undefined };
  }
}
