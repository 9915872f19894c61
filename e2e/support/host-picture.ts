import type { World } from './world.ts';

/*
 * What a host holds of ours, in words that do not depend on how it came about: no handles, no ids, no
 * counters, sorted. Two hosts with the same networks have the same picture.
 */

export async function pictureHost(world: World): Promise<string> {
  const { host } = world.lab;
  const table = await host.tryExec('nft', ['-s', 'list', 'table', 'inet', 'sallyport']);
  const format = '{{.Name}} {{.Driver}}';
  const networks = await world.lab.docker(['network', 'ls', '--format', format]);
  const routes = await world.host('ip', '-4', 'route', 'show', 'table', 'all');
  const rules = await world.host('ip', '-4', 'rule');
  const user = await host.tryExec('iptables', ['-S', 'DOCKER-USER']);
  return [
    '# table',
    table.code === 0 ? sortElements(table.stdout) : 'none',
    '# rules',
    rules.trim(),
    '# routes',
    lines(routes)
      .filter((line) => / table 4\d\d\d/.test(line))
      .join('\n'),
    '# bridges',
    lines(await world.host('ip', '-brief', 'link', 'show', 'type', 'bridge'))
      .map((line) => line.split(' ')[0])
      .join('\n'),
    '# queues',
    lines(await world.host('tc', 'qdisc', 'show'))
      .filter((line) => line.startsWith('qdisc tbf') || line.startsWith('qdisc htb'))
      .map((line) => line.replace(/ refcnt \d+/, ''))
      .join('\n'),
    '# networks',
    lines(networks.stdout).join('\n'),
    '# DOCKER-USER',
    user.stdout.trim(),
  ].join('\n');
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .toSorted();
}

/** Hash sets print their elements in the order of the hash. */
function sortElements(listing: string): string {
  return listing
    .replace(/counter (\w+) \{[^}]*\}/g, 'counter $1')
    .replace(/elements = \{([^}]*)\}/g, (_, body: string) => {
      const elements = body.split(',').map((element) => element.trim());
      return `elements = { ${elements.toSorted().join(', ')} }`;
    });
}

/** What connection tracking still knows of these sources; the bridges' own reports (RFC 3376) left out. */
export async function flowsFrom(
  world: World,
  wanted: (source: string) => boolean,
): Promise<readonly string[]> {
  const { stdout } = await world.lab.host.tryExec('conntrack', ['-L', '-f', 'ipv4']);
  return stdout.split('\n').filter((line) => {
    const [, source = '', destination = ''] = /src=(\S+) dst=(\S+)/.exec(line) ?? [];
    return wanted(source) && !destination.startsWith('224.');
  });
}
