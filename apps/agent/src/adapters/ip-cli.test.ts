import { describe, expect, it } from 'vitest';
import { recordRun } from '../../test/record-run.ts';
import type { Route, RoutingDelta, Rule } from '../ports/routing.ts';
import { createIpCli } from './ip-cli.ts';
import { ProgramError } from './run.ts';

const ROUTE: Route = {
  table: 4101,
  type: 'unicast',
  destination: '0.0.0.0/0',
  device: 'enp0s3',
  gateway: '192.168.4.1',
  metric: 0,
  scope: 'global',
  onlink: false,
};
const LAST: Route = {
  ...ROUTE,
  type: 'unreachable',
  device: null,
  gateway: null,
  metric: 4294967295,
};
const INWARDS: Rule = {
  family: 'ipv4',
  priority: 4000,
  from: null,
  to: '10.208.0.0/12',
  mark: null,
  action: { kind: 'lookup', table: 254, suppressPrefixLength: 0 },
};
const OUTWARDS: Rule = {
  ...INWARDS,
  priority: 4101,
  to: null,
  mark: { value: 0x01000000, mask: 0xff000000 },
  action: { kind: 'lookup', table: 4101, suppressPrefixLength: null },
};
const CLOSED: Rule = {
  ...OUTWARDS,
  priority: 4900,
  from: '10.208.0.0/12',
  mark: null,
  action: { kind: 'unreachable' },
};
const NOTHING: RoutingDelta = { addRoutes: [], addRules: [], removeRules: [], removeRoutes: [] };

describe('apply', () => {
  it('adds before it removes, routes around rules, in one batch', async () => {
    const { run, calls } = recordRun();
    await createIpCli(run).apply({
      removeRoutes: [{ ...ROUTE, destination: '192.168.4.0/24', gateway: null, metric: 7 }],
      removeRules: [CLOSED],
      addRules: [INWARDS, OUTWARDS],
      addRoutes: [ROUTE, LAST, { ...ROUTE, gateway: '192.0.2.1', onlink: true }],
    });
    expect(calls.map(({ program, args }) => [program, ...args])).toEqual([
      ['ip', '-4', '-force', '-batch', '-'],
    ]);
    expect(calls[0]?.options.stdin?.split('\n')).toEqual([
      'route replace default via 192.168.4.1 dev enp0s3 table 4101',
      'route replace unreachable default table 4101 metric 4294967295',
      'route replace default via 192.0.2.1 dev enp0s3 table 4101 onlink',
      'rule add priority 4000 to 10.208.0.0/12 lookup 254 suppress_prefixlength 0',
      'rule add priority 4101 fwmark 0x1000000/0xff000000 lookup 4101',
      'rule del priority 4900 from 10.208.0.0/12 unreachable',
      'route del 192.168.4.0/24 dev enp0s3 table 4101 metric 7',
      '',
    ]);
  });

  it('takes a batch of its own for IPv6', async () => {
    const { run, calls } = recordRun();
    const route6 = { ...ROUTE, destination: '::/0', gateway: '2001:db8:4::1', metric: 1024 };
    await createIpCli(run).apply({
      ...NOTHING,
      addRoutes: [ROUTE, route6],
      addRules: [{ ...INWARDS, family: 'ipv6', to: 'fd00::/48' }],
      removeRules: [{ ...CLOSED, family: 'ipv6', from: 'fd00::/48' }],
      removeRoutes: [{ ...route6, destination: '2001:db8:4::/64', gateway: null }],
    });
    expect(calls.map(({ args, options }) => [args[0], options.stdin?.split('\n')])).toEqual([
      ['-4', ['route replace default via 192.168.4.1 dev enp0s3 table 4101', '']],
      [
        '-6',
        [
          'route replace default via 2001:db8:4::1 dev enp0s3 table 4101 metric 1024',
          'rule add priority 4000 to fd00::/48 lookup 254 suppress_prefixlength 0',
          'rule del priority 4900 from fd00::/48 unreachable',
          'route del 2001:db8:4::/64 dev enp0s3 table 4101 metric 1024',
          '',
        ],
      ],
    ]);
  });

  it('starts nothing where nothing differs', async () => {
    const { run, calls } = recordRun();
    await createIpCli(run).apply(NOTHING);
    expect(calls).toEqual([]);
  });

  it.each([
    { delta: { addRules: [CLOSED] }, stderr: 'RTNETLINK answers: File exists' },
    { delta: { removeRoutes: [ROUTE] }, stderr: 'RTNETLINK answers: No such process' },
    { delta: { removeRules: [CLOSED] }, stderr: 'RTNETLINK answers: No such file or directory' },
  ])('is content with $stderr', async ({ delta, stderr }) => {
    const { run } = recordRun(() => ({ code: 1, stderr: `${stderr}\nCommand failed -:1\n` }));
    await expect(createIpCli(run).apply({ ...NOTHING, ...delta })).resolves.toBeUndefined();
  });

  it.each([
    { delta: { addRoutes: [ROUTE] }, stderr: 'Error: Nexthop has invalid gateway.' },
    // Harmless for the opposite only.
    { delta: { addRoutes: [ROUTE] }, stderr: 'RTNETLINK answers: No such process' },
    { delta: { removeRules: [CLOSED] }, stderr: 'RTNETLINK answers: File exists' },
    { delta: { addRules: [CLOSED] }, stderr: 'RTNETLINK answers: No such file or directory' },
  ])('refuses after $stderr', async ({ delta, stderr }) => {
    const { run } = recordRun(() => ({ code: 1, stderr: `${stderr}\nCommand failed -:1\n` }));
    const done = createIpCli(run).apply({ ...NOTHING, ...delta });
    await expect(done).rejects.toMatchObject({
      code: 'host_refused',
      message: expect.stringContaining(stderr) as string,
    });
  });

  it('tells the command that failed, past those that were harmless', async () => {
    const stderr = [
      'RTNETLINK answers: File exists',
      'Command failed -:1',
      'Cannot find device "enp0s3"',
      'Command failed -:2',
      '',
    ].join('\n');
    const { run } = recordRun(() => ({ code: 1, stderr }));
    const done = createIpCli(run).apply({ ...NOTHING, addRules: [CLOSED], removeRoutes: [ROUTE] });
    await expect(done).rejects.toMatchObject({
      message:
        'ip refused: route del default via 192.168.4.1 dev enp0s3 table 4101: Cannot find device "enp0s3"',
    });
  });
});

/** `ip` that prints this for the batch, and this for the rules of IPv6. */
function answering(batch: string, rules6 = '[]\n') {
  return recordRun(({ args }) => ({ stdout: args.includes('-batch') ? batch : rules6 }));
}

describe('reading', () => {
  it('takes one program for interfaces, routes and rules, and one for the rules of IPv6', async () => {
    const { run, calls } = answering('[]\n[]\n[]\n');
    expect(await createIpCli(run).observe()).toEqual({ links: [], routes: [], rules: [] });
    expect(calls.map(({ args, options }) => [args.join(' '), options.stdin])).toEqual([
      ['-N -j -batch -', 'address show\nroute show table all\nrule show\n'],
      ['-6 -N -j rule show', undefined],
    ]);
  });

  it('does not take half an answer for a host without rules', async () => {
    const { run } = answering('[]\n[]');
    await expect(createIpCli(run).observe()).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('knows as its own only what is in its range of priorities', async () => {
    const at = (priority: number) => `{"priority":${priority},"src":"all","table":"9"}`;
    const stdout = `[${[0, 3999, 4000, 4999, 5000, 32766].map(at).join()}]`;
    const { run } = answering(`[]\n[]\n${stdout}\n`, stdout);
    const { rules } = await createIpCli(run).observe();
    expect(rules.map(({ family, priority }) => [family, priority])).toEqual([
      ['ipv4', 4000],
      ['ipv4', 4999],
      ['ipv6', 4000],
      ['ipv6', 4999],
    ]);
  });

  it('tells which package brings ip where it is missing', async () => {
    const facts = { program: 'ip', args: [], code: null, stderr: '' };
    const { run } = recordRun(() => new ProgramError('ip is not installed', facts));
    await expect(createIpCli(run).observe()).rejects.toMatchObject({
      code: 'host_refused',
      remedy: 'apt-get install iproute2',
    });
  });

  it('asks to be run as root where the kernel says no', async () => {
    const stderr = 'RTNETLINK answers: Operation not permitted';
    const facts = { program: 'ip', args: [], code: 2, stderr };
    const { run } = recordRun(() => new ProgramError('ip ended with 2', facts));
    await expect(createIpCli(run).observe()).rejects.toMatchObject({
      remedy: 'Run the agent as root, or with CAP_NET_ADMIN.',
    });
  });
});

describe('the text for boot', () => {
  it('adds the rules', () => {
    expect(createIpCli(recordRun().run).textOf([INWARDS, { ...CLOSED, family: 'ipv6' }])).toBe(
      '-4 rule add priority 4000 to 10.208.0.0/12 lookup 254 suppress_prefixlength 0\n-6 rule add priority 4900 from 10.208.0.0/12 unreachable\n',
    );
  });
});
