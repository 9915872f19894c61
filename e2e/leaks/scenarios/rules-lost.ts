import assert from 'node:assert/strict';
import { A, silent, told, until, type World } from '../../support/world.ts';
import { bare, frozen, mended } from '../controls.ts';
import type { Control, Scenario } from '../scenario.ts';
import { type LoadStage, seen } from '../stage.ts';

/* Somebody takes rules away: ours, Docker's or all. With the agent at work, and with the kernel alone. */

const SUBNET = '10.208.0.0/24';
const IN_SNAT4 = ['inet', 'sallyport', 'snat4'] as const;
const RIGHT = `${SUBNET} : ${A.address}`;
const WRONG = `${SUBNET} : 192.168.4.53`;

async function mapOfA(world: World): Promise<string> {
  const listed = await world.lab.host.tryExec('nft', ['list', 'map', ...IN_SNAT4]);
  return /10\.208\.0\.0\/24 : [\d.]+/.exec(listed.stdout)?.[0] ?? 'nothing';
}

/** A repair since then is told, in words that name what was found. */
async function expectEvent(world: World, since: number, words: string): Promise<void> {
  const messages = async (): Promise<string> => {
    const events = await world.agent.call('events', { query: { limit: 50 } });
    const repairs = events.filter(({ kind, at }) => kind === 'repair' && at >= since);
    return repairs.map(({ message }) => message).join('\n');
  };
  await until('a repair is told', async () => (await messages()) !== '');
  assert.ok((await messages()).includes(words), `no repair names ${words}: ${await messages()}`);
}

async function untilTable({ world }: LoadStage): Promise<number> {
  const list = ['list', 'chain', 'inet', 'sallyport', 'guard'];
  return until(
    'the table is back',
    async () => (await world.lab.host.tryExec('nft', list)).code === 0,
  );
}

function announced(scenario: Scenario<LoadStage>, words: string): Scenario<LoadStage> {
  return {
    ...scenario,
    run: async (stage) => {
      const finding = await scenario.run(stage);
      await expectEvent(stage.world, finding.since, words);
      return finding;
    },
  };
}

const flushAll = ({ world }: LoadStage) => world.lab.host.tryExec('nft', ['flush', 'ruleset']);
const removeClosing = ({ world }: LoadStage) => world.host('ip', 'rule', 'del', 'priority', '4900');
const removeGuard = ({ world }: LoadStage) =>
  world.host('nft', 'flush', 'chain', 'inet', 'sallyport', 'guard');

/** As somebody might by hand; one transaction, so that nothing is repaired in between. */
function changeMap(to: string | null): (stage: LoadStage) => Promise<unknown> {
  const add = to === null ? '' : `add element ${IN_SNAT4.join(' ')} { ${to} }\n`;
  const input = `delete element ${IN_SNAT4.join(' ')} { ${RIGHT} }\n${add}`;
  return ({ world }) => world.lab.host.exec('nft', ['-f', '-'], { input });
}

const untilMap = ({ world }: LoadStage) =>
  until('the element is right', async () => (await mapOfA(world)) === RIGHT);

/** Without the guard the damaged translation itself is what is seen. */
function unguarded(fault: (stage: LoadStage) => Promise<unknown>): Control<LoadStage> {
  return {
    without: 'the guard and the agent',
    run: async (stage) => {
      const flows = () => stage.world.host('conntrack', '-F');
      return seen(
        stage,
        await frozen(
          stage,
          () => removeGuard(stage),
          () => fault(stage),
          flows,
        ),
      );
    },
  };
}

/** All ways out but the first network's, which is the first way. */
async function removeWayOfB({ world }: LoadStage): Promise<void> {
  for (const [, priority = ''] of (await world.host('ip', 'rule')).matchAll(/^(41\d\d):/gm))
    if (priority !== '4101') await world.host('ip', 'rule', 'del', 'priority', priority);
}

async function removeRouting({ world }: LoadStage): Promise<void> {
  await world.lab.host.tryExec('ip', ['route', 'flush', 'table', '4101']);
  for (const priority of ['4101', '4900'])
    await world.lab.host.tryExec('ip', ['rule', 'del', 'priority', priority]);
}

async function untilRouting({ world }: LoadStage): Promise<number> {
  return until('rules and routes are back', async () => {
    const routes = await world.lab.host.tryExec('ip', ['route', 'show', 'table', '4101']);
    const rules = await world.host('ip', 'rule');
    return /4101:[^]*4900:/.test(rules) && routes.stdout.includes('default');
  });
}

const flushed: Scenario<LoadStage> = {
  id: 'L6',
  title: 'nft flush ruleset with the agent frozen: routing alone closes',
  run: async (stage) => {
    const since = await frozen(stage, () => flushAll(stage));
    const closed = await stage.leaks(since, [silent(stage.a), silent(stage.b)]);
    assert.equal(told(closed), '');
    stage.world.agent.signal('SIGCONT');
    const repairMs = await untilTable(stage);
    await stage.untilBothFlow();
    return { since, leaks: await stage.leaks(since), subject: stage.a, repairMs };
  },
  control: {
    without: 'the closing rules',
    run: async (stage) =>
      seen(
        stage,
        await frozen(
          stage,
          () => flushAll(stage),
          () => removeClosing(stage),
        ),
      ),
  },
};

const wrongElement: Scenario<LoadStage> = {
  id: 'L7',
  title: 'an element made wrong with the agent frozen: new flows stop, old ones keep their address',
  run: async (stage) => {
    const since = await frozen(stage, () => changeMap(WRONG)(stage));
    return { since, leaks: await stage.leaks(since), subject: stage.a };
  },
  control: unguarded(changeMap(WRONG)),
};

const wrongInterface: Scenario<LoadStage> = {
  id: 'L16',
  title: 'our rules gone with the agent frozen: the guard stops the wrong interface',
  run: async (stage) => {
    const gone = [() => removeWayOfB(stage), () => removeClosing(stage)];
    const since = await frozen(stage, ...gone);
    const [ofA] = stage.flows;
    const leaks = await stage.leaks(since, [...(ofA === undefined ? [] : [ofA]), silent(stage.b)]);
    return { since, leaks, subject: stage.a };
  },
  control: {
    without: 'the guard and the agent',
    run: async (stage) => {
      const gone = [removeWayOfB, removeClosing, removeGuard].map((each) => () => each(stage));
      const words = await seen(stage, await frozen(stage, ...gone));
      return words.includes('wrong-uplink (load-b)') ? words : '';
    },
  },
};

const removeWayBack = ({ world }: LoadStage) => world.host('ip', 'rule', 'del', 'priority', '4000');

const wayBack: Scenario<LoadStage> = {
  id: 'L16',
  title:
    'the rule for the way back to containers gone with the agent frozen: replies do not turn round',
  run: async (stage) => {
    const since = await frozen(stage, () => removeWayBack(stage));
    return { since, leaks: await stage.leaks(since), subject: stage.a };
  },
  control: {
    without: 'the rules for what is forwarded, and the agent',
    run: async (stage) => {
      const flush = ['flush', 'chain', 'inet', 'sallyport', 'forward'];
      const gone = [() => stage.world.host('nft', ...flush), () => removeWayBack(stage)];
      const words = await seen(stage, await frozen(stage, ...gone));
      return words.includes(' -> 10.208.') ? words : '';
    },
  },
};

const deleteTable = ({ world }: LoadStage) =>
  world.lab.host.tryExec('nft', ['delete', 'table', 'inet', 'sallyport']);

export const rulesLost: readonly Scenario<LoadStage>[] = [
  announced(
    mended({ id: 'L6', title: 'nft flush ruleset' }, flushAll, untilTable),
    'the nftables table inet sallyport is missing',
  ),
  flushed,
  announced(
    {
      ...mended({ id: 'L7', title: 'an element is deleted' }, changeMap(null), untilMap),
      control: unguarded(changeMap(null)),
    },
    'snat4',
  ),
  announced(
    {
      ...mended({ id: 'L7', title: 'an element is made wrong' }, changeMap(WRONG), untilMap),
      control: unguarded(changeMap(WRONG)),
    },
    'snat4',
  ),
  wrongElement,
  announced(
    mended({ id: 'L7', title: 'our table is deleted' }, deleteTable, untilTable),
    'the nftables table inet sallyport is missing',
  ),
  mended({ id: 'L16', title: 'our rules and routes are deleted' }, removeRouting, untilRouting),
  wrongInterface,
  wayBack,
  {
    ...mended(
      { id: 'L19', title: 'conntrack -F' },
      ({ world }) => world.host('conntrack', '-F'),
      async () => undefined,
    ),
    control: bare(({ world }) => world.host('conntrack', '-F')),
  },
];
