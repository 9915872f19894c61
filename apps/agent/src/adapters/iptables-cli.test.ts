import { describe, expect, it } from 'vitest';
import { recordRun } from '../../test/record-run.ts';
import { createIptablesCli, splitArguments } from './iptables-cli.ts';

/* As iptables 1.8.9 (nf_tables) prints it. */
const DOCKER_USER = String.raw`-N DOCKER-USER
-A DOCKER-USER -s 10.0.0.0/8 -m comment --comment "say \"no\" here \\ now" -j DROP
-A DOCKER-USER -m mark ! --mark 0x0/0xff000000 -m comment --comment sallyport -j ACCEPT
-A DOCKER-USER -j RETURN
`;
const POSTROUTING = `-P POSTROUTING ACCEPT
-A POSTROUTING -s 172.19.0.0/16 ! -o z_custom_a -j SNAT --to-source 192.168.4.153
-A POSTROUTING ! -s 10.1.0.0/16 -o enp0s3 -j MASQUERADE
-A POSTROUTING -s 10.1.0.0/16 -j RETURN
`;
/* As Docker 20.10 leaves it with one network, and an administrator's rule. */
const FORWARD = `-P FORWARD DROP
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -s 10.9.0.0/16 -j REJECT --reject-with icmp-port-unreachable
`;
const OURS = ['-m', 'comment', '--comment', 'sallyport', '-j', 'ACCEPT'];

const listing = (stdout: string) =>
  recordRun(({ args }) => (args.includes('-S') ? { stdout } : {}));
const missing = () =>
  recordRun(() => ({ code: 1, stderr: 'iptables: No chain/target/match by that name.' }));
const changes = (calls: ReturnType<typeof listing>['calls']) =>
  calls.map(({ args }) => args.slice(2).join(' ')).filter((line) => !line.includes('-S'));

describe('arguments of a printed rule', () => {
  it.each([
    ['-A X -j RETURN', ['-A', 'X', '-j', 'RETURN']],
    ['--comment "a b"  -j X', ['--comment', 'a b', '-j', 'X']],
    [String.raw`"say \"no\" \\ now"`, [String.raw`say "no" \ now`]],
    ['--comment "" -j X', ['--comment', '', '-j', 'X']],
    ['', []],
  ])('%s', (line, parts) => {
    expect(splitArguments(line)).toEqual(parts);
  });
});

describe('rules of others that translate', () => {
  it('reads the source, the interface that is excepted, and the address', async () => {
    const rules = await createIptablesCli(listing(POSTROUTING).run).natRules();
    expect(rules).toMatchObject([
      {
        source: '172.19.0.0/16',
        notOut: 'z_custom_a',
        target: 'SNAT',
        toSource: '192.168.4.153',
      },
      // A negated source is no source, an interface that is meant is not one excepted.
      { source: null, notOut: null, target: 'MASQUERADE', toSource: null },
    ]);
  });

  it('are none where there is no iptables table', async () => {
    expect(await createIptablesCli(missing().run).natRules()).toEqual([]);
  });

  it('are removed by exactly what was printed', async () => {
    const { run, calls } = listing(POSTROUTING);
    const iptables = createIptablesCli(run);
    const [rule] = await iptables.natRules();
    if (rule === undefined) throw new Error('the rule was not read');
    await iptables.removeNatRule(rule);
    expect(changes(calls)).toEqual([
      '-t nat -D POSTROUTING -s 172.19.0.0/16 ! -o z_custom_a -j SNAT --to-source 192.168.4.153',
    ]);
  });
});

describe('DOCKER-USER', () => {
  it('is null where Docker has not made it', async () => {
    expect(await createIptablesCli(missing().run).dockerUserRules()).toBeNull();
  });

  it('keeps quoted comments whole', async () => {
    const rules = await createIptablesCli(listing(DOCKER_USER).run).dockerUserRules();
    expect(rules).toHaveLength(3);
    expect(rules?.[0]).toContain(String.raw`say "no" here \ now`);
    expect(rules?.[2]).toEqual(['-j', 'RETURN']);
  });

  it('gets our rules behind those of others, before the closing RETURN', async () => {
    const { run, calls } = listing(DOCKER_USER);
    await createIptablesCli(run).setDockerUserRules([OURS, ['-j', 'X']]);
    expect(changes(calls)).toEqual([
      '-D DOCKER-USER -m mark ! --mark 0x0/0xff000000 -m comment --comment sallyport -j ACCEPT',
      '-I DOCKER-USER 2 -m comment --comment sallyport -j ACCEPT',
      '-I DOCKER-USER 3 -j X',
    ]);
  });

  it('gets them at the end where nothing closes it', async () => {
    const { run, calls } = listing('-N DOCKER-USER\n-A DOCKER-USER -s 10.0.0.0/8 -j DROP\n');
    await createIptablesCli(run).setDockerUserRules([OURS]);
    expect(changes(calls)).toEqual(['-I DOCKER-USER 2 -m comment --comment sallyport -j ACCEPT']);
  });

  it('waits for the lock that Docker takes', async () => {
    const { run, calls } = listing(DOCKER_USER);
    await createIptablesCli(run).setDockerUserRules([]);
    expect(calls.every(({ args }) => args[0] === '-w' && args[1] === '5')).toBe(true);
  });
});

describe('FORWARD', () => {
  const read = (stdout: string) => createIptablesCli(listing(stdout).run).forwardChain();

  it('is told by its policy and by where it sends everything', async () => {
    expect(await read(FORWARD)).toEqual({
      policy: 'DROP',
      jumps: ['DOCKER-USER', 'DOCKER-ISOLATION-STAGE-1'],
      mayAccept: true,
    });
  });

  it.each([
    ['nothing is left', ''],
    ['what is left refuses', '-A FORWARD -i eth1 -j DROP\n-A FORWARD -j LOG --log-prefix "no "\n'],
    ['what is left counts', '-A FORWARD -s 10.9.0.0/16\n'],
  ])('accepts nothing where %s', async (_, rules) => {
    expect(await read(`-P FORWARD DROP\n${rules}`)).toMatchObject({ mayAccept: false });
  });

  it.each(['-A FORWARD -i eth1 -j ACCEPT', '-A FORWARD -g ufw-forward'])(
    'may accept something by %s',
    async (rule) => {
      expect(await read(`-P FORWARD DROP\n${rule}\n`)).toMatchObject({ mayAccept: true });
    },
  );

  it('is null where there is no iptables', async () => {
    expect(await createIptablesCli(missing().run).forwardChain()).toBeNull();
  });

  it('is led to DOCKER-USER before all else, once', async () => {
    const { run, calls } = recordRun(({ args }) => (args.includes('-C') ? { code: 1 } : {}));
    await createIptablesCli(run).leadToDockerUser();
    expect(changes(calls)).toEqual(['-C FORWARD -j DOCKER-USER', '-I FORWARD -j DOCKER-USER']);
    const present = recordRun(() => ({}));
    await createIptablesCli(present.run).leadToDockerUser();
    expect(changes(present.calls)).toEqual(['-C FORWARD -j DOCKER-USER']);
  });
});
