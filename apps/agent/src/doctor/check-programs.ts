import type { Finding } from '@sallyport/contract/host';

interface Tool {
  readonly version: string | null;
  readonly error: string | null;
}

/** The programs and services that the agent works with, as far as they answer. */
export interface ToolFacts {
  readonly nft: Tool;
  readonly docker: Tool;
  readonly conntrack: Tool;
}

/** The oldest nft on which the table was tried. */
const OLDEST_NFT = [1, 0, 6] as const;

export function checkState(lost: string | null): Finding {
  const check = 'state';
  if (lost === null)
    return { check, level: 'ok', message: 'the stored networks could be read', remedy: '' };
  return {
    check,
    level: 'error',
    message: `the stored networks could not be read: ${lost}; the guard stays as it is, nothing can be changed`,
    remedy:
      'put back a copy of the state directory and restart the agent, or: sallyport apply -f FILE',
  };
}

export function checkNft({ nft, conntrack }: ToolFacts): Finding {
  const check = 'nft';
  const install = 'apt-get install nftables conntrack';
  if (nft.version === null)
    return { check, level: 'error', message: `nft can not be used: ${nft.error}`, remedy: install };
  if (conntrack.version === null) {
    return {
      check,
      level: 'error',
      message: `conntrack can not be used: ${conntrack.error}`,
      remedy: install,
    };
  }
  if (isOlder(nft.version, OLDEST_NFT)) {
    const message = `nft ${nft.version} is older than ${OLDEST_NFT.join('.')}, with which the rules were tried`;
    return { check, level: 'warning', message, remedy: 'apt-get install --only-upgrade nftables' };
  }
  return {
    check,
    level: 'ok',
    message: `nft ${nft.version} and conntrack ${conntrack.version} answer`,
    remedy: '',
  };
}

export function checkDocker({ docker }: ToolFacts): Finding {
  const check = 'docker';
  if (docker.version !== null) {
    return { check, level: 'ok', message: `Docker Engine ${docker.version} answers`, remedy: '' };
  }
  return {
    check,
    level: 'error',
    message: `${docker.error}`,
    remedy: 'start Docker: systemctl start docker',
  };
}

/**
 * Docker makes its chains once, when it starts; after `nft flush ruleset` or `iptables -F` they are gone.
 * Our networks do without, but published ports, other networks and new networks do not.
 */
export function checkDockerChains({ docker }: ToolFacts, hasChains: boolean): Finding {
  const check = 'docker-chains';
  if (hasChains || docker.version === null) {
    return { check, level: 'ok', message: 'the chains that Docker has made are there', remedy: '' };
  }
  return {
    check,
    level: 'warning',
    message:
      'the iptables chains of Docker are gone (somebody flushed them), so published ports and new networks fail; or Docker uses its nftables backend, which has no DOCKER-USER',
    remedy: 'systemctl restart docker',
  };
}

function isOlder(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of than.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
