import { createCipheriv } from 'node:crypto';

/** Bytes of the challenge, and of the answer. */
export const CHALLENGE_LENGTH = 16;
const KEY_LENGTH = 8;

/**
 * The answer to a challenge of VNC authentication (RFC 6143 7.2.2): DES with the password as key,
 * each of its bytes mirrored. Only the first eight bytes of a password count.
 *
 * OpenSSL 3 has single DES in its legacy provider only. Triple DES with three equal keys is single
 * DES, and it is in the default provider.
 */
export function answerChallenge(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(KEY_LENGTH);
  Buffer.from(password, 'utf8').copy(key);
  for (const [index, byte] of key.entries()) key[index] = mirror(byte);
  const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** VNC takes the bits of each byte of the key the other way round. */
function mirror(byte: number): number {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit += 1) mirrored |= ((byte >> bit) & 1) << (7 - bit);
  return mirrored;
}
