import { SallyportError } from '@sallyport/contract/errors';
import { ProgramError } from './run.ts';

/** Which Debian package brings a program that is missing. */
const PACKAGES: Readonly<Record<string, string>> = {
  nft: 'nftables',
  ip: 'iproute2',
  conntrack: 'conntrack',
  iptables: 'iptables',
};

/** A program's refusal as an error with a sentence and a remedy; anything else stays what it is. */
export function asRefusal(error: unknown, what: string): unknown {
  if (!(error instanceof ProgramError)) return error;
  const missing = error.message.endsWith('is not installed');
  return new SallyportError('host_refused', `${what}: ${error.message}`, {
    remedy: missing
      ? `apt-get install ${PACKAGES[error.program] ?? error.program}`
      : 'The agent needs root, or CAP_NET_ADMIN; see: sallyport doctor',
    cause: error,
  });
}

/** Does it, and tells a refusal in the same words everywhere. */
export async function refusing<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asRefusal(error, what);
  }
}
