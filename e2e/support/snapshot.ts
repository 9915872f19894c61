import type { World } from './world.ts';

/**
 * Everything on the host that a refused change might have touched. IPv4 alone: the kernel itself goes
 * on adding link-local IPv6 addresses and routes for seconds after a link came up (RFC 4862, 5.4).
 */
export async function snapshotHost(world: World): Promise<readonly string[]> {
  const format = '{{.ID}} {{.Name}}';
  const networks = await world.lab.docker(['network', 'ls', '--no-trunc', '--format', format]);
  return [
    // -s: without counters, which go on counting.
    await world.host('nft', '-s', 'list', 'table', 'inet', 'sallyport'),
    await world.host('ip', '-4', 'rule'),
    await world.host('ip', '-4', 'route', 'show', 'table', 'all'),
    await world.host('ip', '-brief', 'link'),
    await world.host('iptables', '-S'),
    await world.host('iptables', '-t', 'nat', '-S'),
    networks.stdout.split('\n').toSorted().join('\n'),
  ];
}
