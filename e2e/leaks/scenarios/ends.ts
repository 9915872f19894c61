import assert from 'node:assert/strict';
import { A, flowOf } from '../../support/world.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/* The end of everything: what agents have made is removed, all of it. */

const BRIEF = { name: 'z_again', egress: { ipv4: [A.address] } };

/** Last of all: it leaves a host without us. */
const uninstalled: Scenario = {
  id: 'L41',
  title: 'clean uninstall: refused while containers use a network, and then nothing is left',
  run: async (stage) => {
    const { world } = stage;
    const since = Date.now();
    const subject = await world.subject('last', A.name);
    const { ok } = await subject.container.traffic('tcp', ['--target', subject.target]);
    assert.equal(ok, true);
    const cleanup = () => world.agent.run('agent', 'cleanup');
    assert.match((await cleanup()).stderr, /An agent runs already/);
    await world.agent.stop();
    const used = await cleanup();
    assert.equal(used.code, 4);
    assert.match(used.stderr, new RegExp(A.name));
    await subject.container.remove();
    assert.equal((await cleanup()).code, 0);
    assert.deepEqual(await leftOver(stage), []);
    const leaks = await world.leaks(since, [flowOf(subject, A)]);
    return { since, leaks, figures: { sent: 1, delivered: 1 } };
  },
  control: {
    without: 'the cleaning up: one network is made again',
    run: async (stage) => {
      const { agent } = stage.world;
      await agent.start();
      await agent.call('createNetwork', { body: BRIEF });
      const left = await leftOver(stage);
      await agent.call('deleteNetwork', { params: { name: BRIEF.name } });
      return left.join(', ');
    },
  },
};

async function leftOver({ world }: Stage): Promise<readonly string[]> {
  const { stdout } = await world.lab.docker(['network', 'ls', '--format', '{{.Name}}']);
  const usual = new Set(['bridge', 'host', 'none', '']);
  const places = {
    'a table': /sallyport/.test(await world.host('nft', 'list', 'tables')),
    'a rule': /^4\d\d\d:/m.test(await world.host('ip', 'rule')),
    'a route': /table 4\d\d\d/.test(await world.host('ip', 'route', 'show', 'table', 'all')),
    'a rule of iptables': (await world.host('iptables', '-S')).includes('sallyport'),
    'a Docker network': stdout.split('\n').some((name) => !usual.has(name)),
  };
  return Object.entries(places).flatMap(([what, there]) => (there ? [what] : []));
}

export const ends: readonly Scenario[] = [uninstalled];
