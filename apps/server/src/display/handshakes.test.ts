import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAt } from '../../test/display/client-messages.ts';
import { BrowserHandshake } from './browser-handshake.ts';
import { RfbError } from './rfb-error.ts';
import { signInUpstream } from './upstream-handshake.ts';
import { answerChallenge } from './vnc-authentication.ts';

const VERSION = 'RFB 003.008\n';
const CHALLENGE = Buffer.from(Array.from({ length: 16 }, (_, index) => index));
/** openssl enc -des-ecb -nopad -provider legacy -provider default -K ce8636369e0ef64e */
const ANSWER = Buffer.from('cbee6ff2ecefc92ed10e9ec77cd7e60e', 'hex');

test('the answer to a challenge is that of OpenSSL’s own single DES', () => {
  expect(answerChallenge(CHALLENGE, 'sallyport')).toEqual(ANSWER);
});

test.each(['', 'x', 'eight888', 'longer than eight'])(
  'a password of any length: %j',
  (password) => {
    expect(answerChallenge(CHALLENGE, password)).toHaveLength(16);
    expect(answerChallenge(CHALLENGE, password)).toEqual(
      answerChallenge(CHALLENGE, password.slice(0, 8)),
    );
  },
);

/** A server that says all its lines at once, so that cuts can lie anywhere. */
async function signIn(
  said: Buffer,
  { password = 'sallyport', at = [0] }: { password?: string | null; at?: number[] } = {},
) {
  const [near, far] = duplexPair();
  const heard: Buffer[] = [];
  far.on('data', (chunk: Buffer) => heard.push(chunk));
  const done = signInUpstream(
    { stream: near, password: password ?? undefined },
    AbortSignal.timeout(2_000),
  );
  const say = async (): Promise<void> => {
    for (const piece of cutAt(said, at)) {
      far.write(piece);
      // oxlint-disable-next-line no-await-in-loop -- pieces arrive one after the other
      await new Promise(setImmediate);
    }
    far.end();
  };
  await Promise.all([done, say()]);
  return { heard: Buffer.concat(heard), near };
}

const bytes = (...parts: (string | number[] | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );

test('signs in with the password, asks to share, and leaves the rest, however it is cut', async () => {
  const said = bytes(VERSION, [2, 1, 2], CHALLENGE, [0, 0, 0, 0], 'the rest');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), async (at) => {
      const { heard, near } = await signIn(said, { at });
      expect(heard).toEqual(bytes(VERSION, [2], ANSWER, [1]));
      expect(String(near.read())).toBe('the rest');
    }),
    { numRuns: 100 },
  );
});

test('a server without a password', async () => {
  const { heard } = await signIn(bytes(VERSION, [1, 1], [0, 0, 0, 0]), { password: null });
  expect(heard).toEqual(bytes(VERSION, [1], [1]));
});

const REFUSAL = bytes([0, 0, 0, 1], [0, 0, 0, 2], 'no');
test.each([
  ['another version', bytes('RFB 003.003\n'), 'the display speaks "RFB 003.003"'],
  ['no kind of sign-in', bytes(VERSION, [0], [0, 0, 0, 2], 'no'), 'the display refuses: no'],
  ['no password asked for', bytes(VERSION, [1, 1]), 'offers another kind of sign-in'],
  ['a wrong password', bytes(VERSION, [1, 2], CHALLENGE, REFUSAL), 'the display refuses: no'],
  ['an early end', bytes(VERSION, [1, 2], 'short'), 'ended the connection'],
  ['an end before anything', bytes(), 'ended the connection'],
])('refused: %s', async (_, said, reason) => {
  await expect(signIn(said)).rejects.toThrow(reason);
});

test('a server that says nothing is given up when the signal says so', async () => {
  const [near] = duplexPair();
  const signal = AbortSignal.timeout(20);
  await expect(signInUpstream({ stream: near, password: '' }, signal)).rejects.toThrow('timeout');
});

function greet(pieces: readonly Buffer[]) {
  const handshake = new BrowserHandshake();
  const replies: Buffer[] = [];
  let rest: Buffer | undefined;
  for (const piece of pieces) {
    if (rest === undefined) {
      const progress = handshake.push(piece);
      replies.push(...progress.replies);
      rest = progress.rest;
    } else rest = Buffer.concat([rest, piece]);
  }
  return { replies: Buffer.concat(replies), rest };
}

test('the browser is offered no security and heard, however its bytes are cut', () => {
  const said = bytes(VERSION, [1], [0], 'messages');
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 10 }), (at) => {
      const { replies, rest } = greet(cutAt(said, at));
      expect(replies).toEqual(bytes([1, 1], [0, 0, 0, 0]));
      expect(String(rest)).toBe('messages');
    }),
  );
});

test.each([
  ['another version', bytes('RFB 003.003\n')],
  ['VNC authentication, which was not offered', bytes(VERSION, [2])],
])('the browser is refused: %s', (_, said) => {
  expect(() => greet([said])).toThrow(RfbError);
});
