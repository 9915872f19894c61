import type { DisplayRights } from './rights.ts';
import {
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
const REQUEST = 1 << 25;
const PEEK = 1 << 26;
const NOTIFY = 1 << 27;
const PROVIDE = 1 << 28;

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
      const rewritten = passes && message.kind === 'pointer' && message.headLength === 7;
      runs(passes && !rewritten);
      if (rewritten) pass.push(plainPointer(data, offset));
      input ||= passes && isInput(message);
      offset += message.headLength;
      this.#bodyLeft = message.bodyLength;
      this.#bodyPasses = passes;
    }
    runs(false);
    this.#hold(data, offset);
    return { pass, input };
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
    (rights.clipboardIn ? 0 : NOTIFY | PROVIDE) | (rights.clipboardOut ? 0 : REQUEST | PEEK);
  return (rights.clipboardIn || rights.clipboardOut) && (clipboardFlags & denied) === 0;
}

function isInput({ kind }: ClientMessage): boolean {
  return kind === 'key' || kind === 'pointer' || kind === 'clipboard';
}

function plainPointer(data: Buffer, offset: number): Buffer {
  const plain = Buffer.from(data.subarray(offset, offset + 6));
  plain.writeUInt8(plain.readUInt8(1) & ~EXTENDED_POINTER, 1);
  return plain;
}
