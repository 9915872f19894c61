import * as z from 'zod';
import { networkNameField } from './fields.ts';

/** Schemes of echo services, and what each of them tells apart. */
export const ECHO_PROTOCOLS = {
  http: 'tcp',
  https: 'tcp',
  tcp: 'tcp',
  udp: 'udp',
  stun: 'udp',
  dns: 'dns',
} as const;

/**
 * An echo service as a URL:
 * - `http://HOST[:PORT]/PATH`, `https://…`: the answer holds the caller's address (text or JSON)
 * - `tcp://HOST:PORT`: writes the caller's address in its first line
 * - `udp://HOST:PORT`: answers a datagram with the caller's address
 * - `stun://HOST[:PORT]`: STUN binding (RFC 8489)
 * - `dns://[SERVER]/NAME[?type=A|TXT]`: a name whose answer is the asker's address; without a
 *   server, the network's own name servers are asked
 */
export const echoUrlField = z
  .string()
  .max(2048)
  .refine(isEchoUrl, {
    message: 'is not the URL of an echo service',
    params: {
      remedy: `give a URL with the scheme ${Object.keys(ECHO_PROTOCOLS).join(', ')}, for example http://198.51.100.10/`,
    },
  });

export const verifyRequestSchema = z.strictObject({
  networks: z.array(networkNameField).default([]).describe('Empty: all networks'),
  echo: z
    .array(echoUrlField)
    .max(16)
    .default([])
    .describe('Empty: the echo services of the agent’s configuration'),
});
export type VerifyRequest = z.output<typeof verifyRequestSchema>;

/** One question asked from inside one network. */
export const verificationSchema = z.strictObject({
  network: z.string(),
  protocol: z.enum(['tcp', 'udp', 'dns']),
  echo: z.string().describe('The echo service that was asked'),
  expected: z.string().describe('The egress address'),
  observed: z
    .string()
    .nullable()
    .describe('The address that the echo service saw; null: no answer'),
  ok: z.boolean(),
  reason: z.string().describe('One sentence'),
  durationMs: z.number(),
});
export type Verification = z.infer<typeof verificationSchema>;

function isEchoUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  if (!Object.hasOwn(ECHO_PROTOCOLS, scheme)) return false;
  if (scheme === 'dns') return url.pathname.length > 1;
  if (scheme === 'tcp' || scheme === 'udp') return url.hostname !== '' && url.port !== '';
  return url.hostname !== '';
}
