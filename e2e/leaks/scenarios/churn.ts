import assert from 'node:assert/strict';
import { totalSince, untilFlowing } from '../../support/figures.ts';
import { flowsFrom, pictureHost } from '../../support/host-picture.ts';
import { A, flowOf, type World } from '../../support/world.ts';
import { createRandom, type Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { healAgent, type Stage } from '../stage.ts';

/* Many changes at random; what is there afterwards is what is desired, and nothing else. */

const SHORT = 60;
const LONG = 1_000;
/** Wishes at the same time. */
const TOGETHER = 5;
const ADDRESSES = ['192.168.4.53', '192.168.4.153', '192.168.56.103'];
const NAMES = Array.from({ length: 20 }, (_, index) => `z_churn_${index}`);

/** One random wish; a refusal is an answer too, as two at a time may be about one network. */
async function wish({ agent }: World, random: Random): Promise<'done' | 'refused'> {
  const name = random.pick(NAMES);
  const egress = { ipv4: [random.pick(ADDRESSES)] };
  const params = { name };
  const act = random.pick(['create', 'create', 'update', 'delete'] as const);
  const answer =
    act === 'create'
      ? agent.call('createNetwork', { body: { name, egress } })
      : act === 'update'
        ? agent.call('updateNetwork', { params, body: { egress } })
        : agent.call('deleteNetwork', { params });
  return answer.then(
    () => 'done',
    (error: { readonly code?: string; readonly message?: string }) => {
      const expected = ['network_exists', 'network_not_found'];
      assert.ok(expected.includes(error.code ?? ''), `${act} ${name}: ${error.message}`);
      return 'refused';
    },
  );
}

async function churn({ world, long }: Stage, seed: number): Promise<number> {
  const random = createRandom(seed);
  let done = 0;
  const count = long ? LONG : SHORT;
  for (let turn = 0; turn < count; turn += TOGETHER) {
    const wishes = Array.from({ length: TOGETHER }, () => wish(world, random));
    done += (await Promise.all(wishes)).filter((answer) => answer === 'done').length;
  }
  return done;
}

/** The same networks on a host that was swept clean: what an agent makes of the stored state alone. */
async function rebuilt(stage: Stage): Promise<string> {
  const { world } = stage;
  await world.agent.stop();
  await world.host('nft', 'delete', 'table', 'inet', 'sallyport');
  for (const [, priority = ''] of (await world.host('ip', '-4', 'rule')).matchAll(/^(4\d\d\d):/gm))
    await world.host('ip', 'rule', 'del', 'priority', priority);
  const routes = await world.host('ip', '-4', 'route', 'show', 'table', 'all');
  const tables = [...routes.matchAll(/ table (4\d\d\d)/g)].map(([, table = '']) => table);
  for (const table of new Set(tables)) await world.host('ip', 'route', 'flush', 'table', table);
  await world.agent.start();
  await healAgent(world);
  return pictureHost(world);
}

/** Deletes them all, each with a flow that a container of it might have left. */
async function deleteAll(world: World): Promise<void> {
  const { agent } = world;
  const networks = await agent.call('listNetworks', {});
  const churned = networks.filter(({ name }) => NAMES.includes(name));
  for (const [index, { subnet }] of churned.entries()) {
    const source = subnet.replace(/0\/.*$/, '9');
    const there = ['-s', source, '-d', '198.51.100.10', '--sport', '999', '--dport', '7'];
    const back = ['-r', '198.51.100.10', '-q', A.address];
    const ports = ['--reply-port-src', '7', '--reply-port-dst', String(2_000 + index)];
    await world.host('conntrack', '-I', '-p', 'udp', '-t', '600', ...there, ...back, ...ports);
  }
  for (const { name } of churned) await agent.call('deleteNetwork', { params: { name } });
}

export const manyChanges: readonly Scenario[] = [
  {
    id: 'L39',
    title:
      '1,000 random creates, updates and deletes (60 in the short form) while a container sends',
    run: async (stage) => {
      const { world } = stage;
      const before = await pictureHost(world);
      const subject = await world.subject(`steady-${Date.now()}`, A.name, { load: true });
      await untilFlowing(subject);
      const since = Date.now();
      const seed = since % 2 ** 31;
      const done = await churn(stage, seed);
      assert.ok(done > 10, `only ${done} wishes were carried out`);
      await healAgent(world);
      const leaks = await world.containerLeaks(since, [flowOf(subject, A)]);
      const finding = { since, leaks, figures: await totalSince(subject, since) };
      await subject.container.pause();
      assert.equal(
        await pictureHost(world),
        await rebuilt(stage),
        `seed ${seed}: as if from nothing`,
      );
      await subject.container.resume();
      await deleteAll(world);
      await healAgent(world);
      await subject.container.remove();
      const own = /^10\.208\.[01]\./;
      const ours = (source: string) => source.startsWith('10.208.') && !own.test(source);
      assert.deepEqual(await flowsFrom(world, ours), [], 'no flow of a deleted network is left');
      assert.equal(await pictureHost(world), before, `seed ${seed}: nothing is left over`);
      return finding;
    },
    control: {
      without: 'the agent: a network made by hand into our table, and a rule in our range',
      run: async ({ world }) => {
        const before = await pictureHost(world);
        world.agent.signal('SIGSTOP');
        await world.host(
          'nft',
          'add',
          'element',
          'inet',
          'sallyport',
          'managed4',
          '{ 10.208.9.0/24 }',
        );
        await world.host('ip', 'rule', 'add', 'priority', '4200', 'table', '4120');
        return (await pictureHost(world)) === before ? '' : 'the picture shows what was left over';
      },
    },
  },
];
