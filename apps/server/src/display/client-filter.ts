import { RfbError } from './rfb-error.ts';
import type { DisplayRights } from './rights.ts';
import {
  CLIENT_MESSAGE,
  type ClientMessage,
  describeClientMessage,
  EXTENDED_POINTER,
  LONGEST_HEAD,
} from './rfb-client-messages.ts';

/** What is left of some bytes of a client. */
export interface Filtered {
  /** What goes on to the RFB server, in order; views of what came in wherever possible. */
  readonly pass: readonly Buffer[];
  /** Somebody typed, moved or pasted, and was allowed to: the session is not idle. */
  readonly input: boolean;
}

/** Actions in the flags of the extended clipboard. */
const CAPS = 1 << 24;
const REQUEST = 1 << 25;
const PEEK = 1 << 26;
const NOTIFY = 1 << 27;
const PROVIDE = 1 << 28;

/** The pseudo-encoding by which a client says that it knows the extended clipboard. */
const EXTENDED_CLIPBOARD = 0xc0_a1_e5_ce;
/**
 * What is said in the name of a viewer who gets no text: that it knows the extended clipboard, wants
 * to be told of texts, may be asked for its own, and takes none unasked (no PROVIDE, size 0). Without
 * this, servers send every new text as it is; with it they wait for a REQUEST, which is dropped.
 */
const TAKES_NO_TEXT = Buffer.alloc(16);
TAKES_NO_TEXT.writeUInt8(CLIENT_MESSAGE.clientCutText);
TAKES_NO_TEXT.writeInt32BE(-8, 4);
TAKES_NO_TEXT.writeUInt32BE(CAPS | REQUEST | NOTIFY | 1, 8);

/** SetEncodings with an empty list. */
const NO_ENCODINGS = Buffer.from([CLIENT_MESSAGE.setEncodings, 0, 0, 0]);

/** Longer texts are dropped: Xvnc ignores what exceeds its own `MaxCutText`, 262,144. */
const CUT_TEXT_LIMIT = 1 << 20;

/**
 * Lets through, of what a client sends after the handshake, what its rights allow. Holds at most
 * the head of one message; bodies go by or are skipped as they come.
 *
 * What goes on has one reading only, whatever the server understands: otherwise bytes that are
 * harmless here could be another message there. That is why the seventh byte of an extended pointer
 * event is taken off: servers without that extension would read it as the next message's type. The
 * price are the mouse's buttons eight and nine.
 */
export class ClientFilter {
  readonly #rights: DisplayRights;
  readonly #held = Buffer.alloc(LONGEST_HEAD + 8);
  #heldLength = 0;
  #bodyLeft = 0;
  #bodyPasses = false;

  constructor(rights: DisplayRights) {
    this.#rights = rights;
  }

  /** What the server has to hear before anything of the client: one may never name its encodings. */
  preamble(): readonly Buffer[] {
    return this.#rights.clipboardOut ? [] : [withoutTexts(NO_ENCODINGS)];
  }

  /** @throws RfbError on a message that this gateway does not know; nothing may follow then. */
  push(chunk: Buffer): Filtered {
    const data = this.#takeHeld(chunk);
    const pass: Buffer[] = [];
    let input = false;
    let offset = 0;
    /** Where the run of bytes begins that goes on unchanged; -1 outside such a run. */
    let from = -1;
    const runs = (on: boolean): void => {
      if (on && from < 0) from = offset;
      if (on || from < 0) return;
      pass.push(data.subarray(from, offset));
      from = -1;
    };
    while (offset < data.length) {
      if (this.#bodyLeft > 0) {
        runs(this.#bodyPasses);
        const length = Math.min(this.#bodyLeft, data.length - offset);
        this.#bodyLeft -= length;
        offset += length;
        continue;
      }
      const message = describeClientMessage(data, offset);
      if (message === undefined) break;
      const passes = isAllowed(message, this.#rights);
      const rewritten = passes ? this.#rewrite(message, data.subarray(offset)) : undefined;
      runs(passes && rewritten === undefined);
      if (rewritten !== undefined) pass.push(rewritten);
      input ||= passes && isInput(message);
      offset += message.headLength;
      this.#bodyLeft = message.bodyLength;
      this.#bodyPasses = passes;
    }
    runs(false);
    this.#hold(data, offset);
    return { pass, input };
  }

  /** What stands for the head of a message; `undefined` where it goes on as it is. */
  #rewrite(message: ClientMessage, data: Buffer): Buffer | undefined {
    if (message.kind === 'pointer' && message.headLength === 7) return plainPointer(data);
    const encodings = data.readUInt8() === CLIENT_MESSAGE.setEncodings;
    return encodings && !this.#rights.clipboardOut ? withoutTexts(data) : undefined;
  }

  #takeHeld(chunk: Buffer): Buffer {
    if (this.#heldLength === 0) return chunk;
    const data = Buffer.concat([this.#held.subarray(0, this.#heldLength), chunk]);
    this.#heldLength = 0;
    return data;
  }

  /** A head is incomplete: at most 19 bytes, one less than SetPixelFormat has. */
  #hold(data: Buffer, offset: number): void {
    this.#heldLength = data.copy(this.#held, 0, offset);
  }
}

function isAllowed(message: ClientMessage, rights: DisplayRights): boolean {
  switch (message.kind) {
    case 'view':
      return true;
    case 'key':
    case 'pointer':
    case 'resize':
      return rights.control;
    case 'power':
      // Shutting down is the platform's business, and Xvnc does not know it.
      return false;
    case 'clipboard':
      return rights.control && message.bodyLength <= CUT_TEXT_LIMIT && allowsText(message, rights);
  }
  return false;
}

function allowsText({ clipboardFlags }: ClientMessage, rights: DisplayRights): boolean {
  if (clipboardFlags === undefined) return rights.clipboardIn;
  // Servers differ in which of several actions they look at first: none of them may be a denied one.
  const denied =
    (rights.clipboardIn ? 0 : NOTIFY | PROVIDE) | (rights.clipboardOut ? 0 : CAPS | REQUEST | PEEK);
  return (rights.clipboardIn || rights.clipboardOut) && (clipboardFlags & denied) === 0;
}

function isInput({ kind }: ClientMessage): boolean {
  return kind === 'key' || kind === 'pointer' || kind === 'clipboard';
}

function plainPointer(data: Buffer): Buffer {
  const plain = Buffer.from(data.subarray(0, 6));
  plain.writeUInt8(plain.readUInt8(1) & ~EXTENDED_POINTER, 1);
  return plain;
}

/** The head of SetEncodings with the extended clipboard among them, and what it is to be used for. */
function withoutTexts(data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  const count = data.readUInt16BE(2) + 1;
  if (count > 0xffff) throw new RfbError('too many encodings');
  head.writeUInt8(CLIENT_MESSAGE.setEncodings);
  head.writeUInt16BE(count, 2);
  head.writeUInt32BE(EXTENDED_CLIPBOARD, 4);
  return Buffer.concat([TAKES_NO_TEXT, head]);
}
