import type { World } from './world.ts';

/** Takes away all that a reboot takes away; Docker and the agent do not run afterwards. */
export async function shutDown(world: World): Promise<void> {
  await world.agent.stop();
  await world.lab.daemon.stop();
  await world.host('nft', 'flush', 'ruleset');
  await world.host('conntrack', '-F');
  for (const [, priority = ''] of (await world.host('ip', 'rule')).matchAll(/^(4\d\d\d):/gm))
    await world.host('ip', 'rule', 'del', 'priority', priority);
  const routes = await world.host('ip', 'route', 'show', 'table', 'all');
  for (const [, table = ''] of routes.matchAll(/ table (4\d\d\d)/g))
    await world.host('ip', 'route', 'flush', 'table', table);
  for (const [, bridge = ''] of (
    await world.host('ip', '-brief', 'link', 'show', 'type', 'bridge')
  ).matchAll(/^(\S+)/gm))
    await world.host('ip', 'link', 'del', bridge);
  await world.host('sysctl', '-q', '-w', 'net.ipv4.conf.all.src_valid_mark=0');
}
