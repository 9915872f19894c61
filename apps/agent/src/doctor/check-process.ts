import type { Finding } from '@sallyport/contract/host';
import type { StateDirFacts } from '../ports/own-process.ts';

/** What the agent's process needs; bits as in linux/capability.h, in the order of their weight. */
const NEEDED = [
  { bit: 12n, name: 'CAP_NET_ADMIN', what: 'to change nftables, routes, rules and flows' },
  { bit: 13n, name: 'CAP_NET_RAW', what: 'for iptables' },
  { bit: 21n, name: 'CAP_SYS_ADMIN', what: 'to ask from within a network, for verify' },
  { bit: 19n, name: 'CAP_SYS_PTRACE', what: 'to look at routes of containers' },
  { bit: 8n, name: 'CAP_SETPCAP', what: 'to give up rights where verify asks' },
] as const;

/** Without this one nothing can be made or mended. */
const VITAL: (typeof NEEDED)[number]['name'] = 'CAP_NET_ADMIN';

export function checkPermissions(capabilities: bigint): Finding {
  const check = 'permissions';
  const missing = NEEDED.filter(({ bit }) => (capabilities & (1n << bit)) === 0n);
  if (missing.length === 0) {
    return { check, level: 'ok', message: 'the agent may do what it needs to do', remedy: '' };
  }
  const names = missing.map(({ name, what }) => `${name} (${what})`);
  return {
    check,
    level: missing.some(({ name }) => name === VITAL) ? 'error' : 'warning',
    message: `the agent’s process lacks ${names.join(', ')}`,
    remedy: 'run it as root by its own unit: sallyport agent install',
  };
}

const MIB = 1024 * 1024;
/** The flow log grows by some 800 bytes a flow, and what was asked for must have room to be replaced. */
const LITTLE = 64 * MIB;
const NOTHING = MIB;

export function checkStateDir({ path, refusal, freeBytes }: StateDirFacts): Finding {
  const check = 'state-dir';
  if (refusal !== null) {
    return {
      check,
      level: 'error',
      message: `nothing can be stored in ${path}, so no change is accepted: ${refusal}`,
      remedy: `make ${path} writable for the agent`,
    };
  }
  if (freeBytes !== null && freeBytes < LITTLE) {
    const nothing = freeBytes < NOTHING;
    return {
      check,
      level: nothing ? 'error' : 'warning',
      message: nothing
        ? `the disk of ${path} is full, so no change is accepted and no flow is recorded`
        : `the disk of ${path} has ${Math.floor(freeBytes / MIB)} MiB left`,
      remedy: 'make room there, or let the flow log have less: flows.megabytes',
    };
  }
  return { check, level: 'ok', message: `${path} can be written to`, remedy: '' };
}
