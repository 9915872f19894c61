import { SallyportError } from '@sallyport/contract/errors';
import { ProgramError } from './run.ts';

/** Which Debian package brings a program that is missing. */
const PACKAGES: Readonly<Record<string, string>> = {
  nft: 'nftables',
  ip: 'iproute2',
  tc: 'iproute2',
  conntrack: 'conntrack',
  iptables: 'iptables',
};

/** A program's refusal as an error with a sentence and a remedy; anything else stays what it is. */
export function asRefusal(error: unknown, what: string): unknown {
  if (!(error instanceof ProgramError)) return error;
  return new SallyportError('host_refused', `${what}: ${error.message}`, {
    remedy: remedyFor(error),
    cause: error,
  });
}

function remedyFor({ notInstalled, program, stderr }: ProgramError): string {
  if (notInstalled) return `apt-get install ${PACKAGES[program] ?? program}`;
  if (/not permitted|denied|you must be root/i.test(stderr))
    return 'Run the agent as root, or with CAP_NET_ADMIN.';
  return 'See: sallyport doctor';
}

/** Does it, and tells a refusal in the same words everywhere. */
export async function refusing<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asRefusal(error, what);
  }
}
