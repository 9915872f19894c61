import type { Duplex } from 'node:stream';
import { RfbError } from './rfb-error.ts';
import { StreamReader } from './stream-reader.ts';
import { answerChallenge, CHALLENGE_LENGTH } from './vnc-authentication.ts';

/** RFC 6143 7.1.1: the only version that is spoken here, in both directions. */
export const RFB_VERSION = Buffer.from('RFB 003.008\n', 'latin1');
/** RFC 6143 7.2. */
export const SECURITY = { none: 1, vncAuthentication: 2 } as const;

const REASON_LIMIT = 1024;
const SHARED = Buffer.from([1]);

/** A connection to the RFB server of a session. */
export interface Upstream {
  readonly stream: Duplex;
  /** `undefined` for a server without authentication. */
  readonly password: string | undefined;
}

/**
 * Signs in to the RFB server of a session and asks to share its desktop. Afterwards ServerInit is
 * the next thing to come out of the stream.
 *
 * A server that has a password and does not ask for it is not the one that we started: refused.
 *
 * @throws RfbError with the server's own reason where it gives one
 */
export async function signInUpstream(upstream: Upstream, signal: AbortSignal): Promise<void> {
  const reader = new StreamReader(upstream.stream, signal);
  try {
    await signIn(upstream, reader);
  } finally {
    reader.release();
  }
}

async function signIn({ stream, password }: Upstream, reader: StreamReader): Promise<void> {
  const version = await reader.read(RFB_VERSION.length);
  if (!version.equals(RFB_VERSION)) {
    // Xvnc answers 003.003 to whoever it keeps out after too many failures (-UseBlacklist).
    throw new RfbError(`the display speaks ${JSON.stringify(version.toString('latin1').trim())}`);
  }
  stream.write(RFB_VERSION);
  const types = await reader.read((await reader.read(1)).readUInt8());
  if (types.length === 0) throw new RfbError(await readReason(reader));
  const wanted = password === undefined ? SECURITY.none : SECURITY.vncAuthentication;
  if (!types.includes(wanted)) throw new RfbError('the display offers another kind of sign-in');
  stream.write(Buffer.from([wanted]));
  if (password !== undefined) {
    stream.write(answerChallenge(await reader.read(CHALLENGE_LENGTH), password));
  }
  if ((await reader.read(4)).readUInt32BE() !== 0) throw new RfbError(await readReason(reader));
  stream.write(SHARED);
}

async function readReason(reader: StreamReader): Promise<string> {
  const length = (await reader.read(4)).readUInt32BE();
  const reason = await reader.read(Math.min(length, REASON_LIMIT));
  return `the display refuses: ${reason.toString('utf8')}`;
}
