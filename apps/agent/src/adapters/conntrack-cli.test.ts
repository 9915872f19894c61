import { parsePrefix, prefixRange } from '@sallyport/core/prefix';
import { describe, expect, it } from 'vitest';
import { recordRun } from '../../test/record-run.ts';
import { createConntrackCli, formerAddresses } from './conntrack-cli.ts';

/* As conntrack 1.4.7 prints flows. */
const UDP =
  'udp      17 29 src=172.19.0.2 dst=192.168.4.1 sport=55804 dport=53 [UNREPLIED] src=192.168.4.1 dst=192.168.4.153 sport=53 dport=55804 mark=0 use=1';
const ICMP =
  'icmp     1 29 src=172.19.0.2 dst=192.168.4.1 type=8 code=0 id=17862 src=192.168.4.1 dst=192.168.4.153 type=0 code=0 id=17862 mark=16777216 use=1';
const TCP =
  'tcp      6 431999 ESTABLISHED src=172.20.0.2 dst=198.51.100.10 sport=40000 dport=443 src=198.51.100.10 dst=192.168.56.103 sport=443 dport=40000 [ASSURED] mark=0 use=1';
const LISTING = `${UDP}\n${ICMP}\n${TCP}\n`;

describe('addresses that flows still leave by', () => {
  it('finds each once, by subnet', () => {
    const requests = [
      { subnet: '172.19.0.0/16', keep: ['192.168.4.53'] },
      { subnet: '172.20.0.0/16', keep: [] },
    ];
    expect(formerAddresses(LISTING, requests)).toEqual([
      { sources: '172.19.0.0/16', address: '192.168.4.153' },
      { sources: '172.20.0.0/16', address: '192.168.56.103' },
    ]);
  });

  it('keeps what is to be kept, and leaves other subnets alone', () => {
    expect(
      formerAddresses(LISTING, [{ subnet: '172.19.0.0/16', keep: ['192.168.4.153'] }]),
    ).toEqual([]);
    expect(formerAddresses(LISTING, [{ subnet: '10.0.0.0/8', keep: [] }])).toEqual([]);
    // One bit beside: 172.20.0.2 is not in 172.18.0.0/15.
    expect(formerAddresses(TCP, [{ subnet: '172.18.0.0/15', keep: [] }])).toEqual([]);
  });

  it('finds flows that are not translated, by their container', () => {
    const bare = UDP.replace('dst=192.168.4.153', 'dst=172.19.0.2');
    expect(formerAddresses(bare, [{ subnet: '172.19.0.0/16', keep: ['192.168.4.153'] }])).toEqual([
      { sources: '172.19.0.2', address: '172.19.0.2' },
    ]);
  });

  it('leaves what the bridge tells its group alone', () => {
    const report = UDP.replaceAll('192.168.4.153', '172.19.0.2').replaceAll(
      '192.168.4.1 ',
      '224.0.0.22 ',
    );
    expect(formerAddresses(report, [{ subnet: '172.19.0.0/16', keep: [] }])).toEqual([]);
  });

  it('leaves what stays within the network alone', () => {
    const inside = UDP.replaceAll('192.168.4.153', '172.19.0.2').replaceAll(
      '192.168.4.1 ',
      '172.19.0.3 ',
    );
    expect(formerAddresses(inside, [{ subnet: '172.19.0.0/16', keep: [] }])).toEqual([]);
  });

  it('passes over lines without two tuples', () => {
    expect(formerAddresses('\nconntrack v1\nsrc=172.19.0.2\n', REQUEST)).toEqual([]);
  });
});

const REQUEST = [{ subnet: '172.19.0.0/16', keep: ['192.168.4.53'], denied: [], excepted: [] }];

describe('ending flows', () => {
  const answering = (deletion: Parameters<typeof recordRun>[0]) =>
    recordRun((call) => (call.args[0] === '-L' ? { stdout: LISTING } : (deletion?.(call) ?? {})));

  it('looks once, and deletes by subnet and former address', async () => {
    const { run, calls } = answering(() => ({ stdout: `${UDP}\n${ICMP}\n` }));
    expect(await createConntrackCli(run).endFlows(REQUEST)).toBe(2);
    expect(calls.map(({ args }) => args.join(' '))).toEqual([
      '-L -f ipv4',
      '-D -f ipv4 -s 172.19.0.0/16 -q 192.168.4.153',
    ]);
  });

  it('deletes by subnet and who answers where the subnet may not connect to', async () => {
    const { run, calls } = answering(() => ({ stdout: `${UDP}\n` }));
    const request = { subnet: '172.19.0.0/16', keep: ['192.168.4.153'], excepted: [] };
    const denied = [prefixRange(parsePrefix('192.168.0.0/16'))];
    expect(await createConntrackCli(run).endFlows([{ ...request, denied }])).toBe(1);
    expect(calls.map(({ args }) => args.join(' '))).toEqual([
      '-L -f ipv4',
      '-D -f ipv4 -s 172.19.0.0/16 -r 192.168.4.1',
    ]);
  });

  it('is content where the flow has ended by itself', async () => {
    const stderr = 'conntrack v1.4.7 (conntrack-tools): 0 flow entries have been deleted.\n';
    const { run } = answering(() => ({ code: 1, stderr }));
    expect(await createConntrackCli(run).endFlows(REQUEST)).toBe(0);
  });

  it('goes on where one of several flows has ended by itself meanwhile', async () => {
    const gone = "Operation failed: such conntrack doesn't exist\n";
    const answers = [{ code: 1, stderr: gone }, { code: 1, stderr: gone }, { stdout: `${UDP}\n` }];
    const { run } = answering(() => answers.shift() ?? {});
    expect(await createConntrackCli(run).endFlows(REQUEST)).toBe(1);
    expect(answers).toEqual([]);
  });

  it('does not try for ever', async () => {
    const stderr = "Operation failed: such conntrack doesn't exist\n";
    const { run } = answering(() => ({ code: 1, stderr }));
    await expect(createConntrackCli(run).endFlows(REQUEST)).rejects.toMatchObject({
      code: 'host_refused',
    });
  });

  it('refuses where conntrack can not list', async () => {
    const { run } = recordRun(() => ({ code: 1, stderr: 'Operation failed: invalid argument' }));
    await expect(createConntrackCli(run).endFlows(REQUEST)).rejects.toMatchObject({
      code: 'host_refused',
    });
  });

  it('does not take a refusal to delete for nothing to delete', async () => {
    const stderr =
      'conntrack v1.4.7 (conntrack-tools): Operation failed: Operation not permitted\n';
    const { run } = answering(() => ({ code: 1, stderr }));
    await expect(createConntrackCli(run).endFlows(REQUEST)).rejects.toMatchObject({
      code: 'host_refused',
      remedy: 'Run the agent as root, or with CAP_NET_ADMIN.',
    });
  });

  it('knows its version', async () => {
    const { run } = recordRun(() => ({ stdout: 'conntrack v1.4.7 (conntrack-tools)\n' }));
    expect(await createConntrackCli(run).version()).toBe('1.4.7');
  });
});
