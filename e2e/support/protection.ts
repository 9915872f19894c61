import type { World } from './world.ts';

/* What a negative control takes away, so that the same test must see the leak. */

/** Freezes the agent and removes its table, its rules and its connections: the host as if it had never been there. */
export async function withoutProtection(world: World): Promise<void> {
  world.agent.signal('SIGSTOP');
  await world.lab.host.tryExec('nft', ['delete', 'table', 'inet', 'sallyport']);
  for (const family of ['-4', '-6']) {
    const rules = await world.host('ip', family, 'rule');
    for (const [, priority = ''] of rules.matchAll(/^(4\d\d\d):/gm))
      await world.host('ip', family, 'rule', 'del', 'priority', priority);
  }
  // Connections that were translated before stay translated for as long as they are known.
  await world.host('conntrack', '-F');
}

/** Docker's own separation of its networks, which would hide what ours is worth. */
export async function withoutDockerIsolation(world: World): Promise<void> {
  await world.host('iptables', '-F', 'DOCKER-ISOLATION-STAGE-1');
  await world.host('iptables', '-I', 'FORWARD', '-j', 'ACCEPT');
}
