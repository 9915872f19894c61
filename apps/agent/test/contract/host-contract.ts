import { parsePrefix, prefixRange } from '@sallyport/core/prefix';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Conntrack, Iptables, Sysctl } from '../../src/ports/host.ts';

/** No destination is denied. */
const ANYWHERE = { denied: [], excepted: [] };

/** Flow tracking, with a way to have flows. */
export interface ConntrackBench {
  readonly conntrack: Conntrack;
  /** A flow from a container that leaves by an address, which is its own where it is not translated. */
  addFlow(flow: BenchFlow): Promise<void>;
  /** `SOURCE leaves as ADDRESS`, sorted. */
  flows(): Promise<readonly string[]>;
}

export interface BenchFlow {
  readonly source: string;
  readonly leaving: string;
  /** An address beyond where it does not matter. */
  readonly destination?: string;
  /** UDP port; that of echo where it does not matter. */
  readonly port?: number;
}

/** What everything that calls itself Conntrack does. */
export function describeConntrack(make: () => Promise<ConntrackBench>): void {
  describe('Conntrack', () => {
    let bench: ConntrackBench;
    beforeEach(async () => {
      bench = await make();
      await bench.addFlow({ source: '10.208.0.2', leaving: '192.168.4.153' });
      await bench.addFlow({ source: '10.208.0.3', leaving: '192.168.4.53' });
      await bench.addFlow({ source: '10.208.1.2', leaving: '192.168.4.153' });
      await bench.addFlow({ source: '172.17.0.2', leaving: '192.168.4.53' });
    });

    it('ends the flows of a subnet that leave by another address, and no others', async () => {
      const ended = await bench.conntrack.endFlows([
        { subnet: '10.208.0.0/24', keep: ['192.168.4.53'], ...ANYWHERE },
      ]);
      expect(ended).toBe(1);
      expect(await bench.flows()).toEqual([
        '10.208.0.3 leaves as 192.168.4.53',
        '10.208.1.2 leaves as 192.168.4.153',
        '172.17.0.2 leaves as 192.168.4.53',
      ]);
    });

    it('takes several requests at once, each with its own addresses', async () => {
      const ended = await bench.conntrack.endFlows([
        { subnet: '10.208.0.0/24', keep: [], ...ANYWHERE },
        { subnet: '10.208.1.0/24', keep: ['192.168.4.153'], ...ANYWHERE },
      ]);
      expect(ended).toBe(2);
      expect(await bench.flows()).toEqual([
        '10.208.1.2 leaves as 192.168.4.153',
        '172.17.0.2 leaves as 192.168.4.53',
      ]);
    });

    it('ends flows that are not translated', async () => {
      await bench.addFlow({ source: '10.208.0.4', leaving: '10.208.0.4' });
      await bench.addFlow({ source: '172.17.0.3', leaving: '172.17.0.3' });
      const keep = ['192.168.4.53', '192.168.4.153'];
      const requests = [{ subnet: '10.208.0.0/24', keep, ...ANYWHERE }];
      expect(await bench.conntrack.endFlows(requests)).toBe(1);
      const flows = await bench.flows();
      expect(flows).not.toContain('10.208.0.4 leaves as 10.208.0.4');
      expect(flows).toContain('172.17.0.3 leaves as 172.17.0.3');
    });

    it('ends the flows to where a subnet is denied, but for what is excepted', async () => {
      const leaving = '192.168.4.153';
      await bench.addFlow({ source: '10.208.0.5', leaving, destination: '192.168.4.9' });
      await bench.addFlow({ source: '10.208.0.6', leaving, destination: '192.168.4.10' });
      await bench.addFlow({ source: '10.208.0.7', leaving, destination: '192.168.4.1', port: 53 });
      await bench.addFlow({ source: '10.208.1.5', leaving, destination: '192.168.4.9' });
      const request = {
        subnet: '10.208.0.0/24',
        keep: [leaving, '192.168.4.53'],
        denied: [
          prefixRange(parsePrefix('192.168.4.0/29')),
          prefixRange(parsePrefix('192.168.4.9')),
        ],
        excepted: ['192.168.4.1 udp/53'],
      };
      expect(await bench.conntrack.endFlows([request])).toBe(1);
      const flows = await bench.flows();
      expect(flows).not.toContain('10.208.0.5 leaves as 192.168.4.153');
      for (const source of ['10.208.0.6', '10.208.0.7', '10.208.1.5'])
        expect(flows).toContain(`${source} leaves as 192.168.4.153`);
    });

    it('has nothing to do where all is well', async () => {
      expect(await bench.conntrack.endFlows([])).toBe(0);
      expect(
        await bench.conntrack.endFlows([{ subnet: '10.99.0.0/24', keep: [], ...ANYWHERE }]),
      ).toBe(0);
      expect(await bench.flows()).toHaveLength(4);
    });
  });
}

/** What everything that calls itself Sysctl does. */
export function describeSysctl(make: () => Promise<Sysctl>): void {
  describe('Sysctl', () => {
    it('writes and reads', async () => {
      const sysctl = await make();
      const path = 'ipv4/conf/all/src_valid_mark';
      expect(await sysctl.read(path)).toBe('0');
      await sysctl.write(path, '1');
      expect(await sysctl.read(path)).toBe('1');
    });

    it('knows no parameter that the kernel does not have', async () => {
      const sysctl = await make();
      expect(await sysctl.read('ipv4/no_such_thing')).toBeNull();
      await expect(sysctl.write('ipv4/no_such_thing', '1')).rejects.toMatchObject({
        code: 'host_refused',
      });
    });
  });
}

/** iptables, with what Docker and administrators do to it. */
export interface IptablesBench {
  readonly iptables: Iptables;
  /** Makes DOCKER-USER, with these rules. */
  makeDockerUser(rules: readonly (readonly string[])[]): Promise<void>;
  /** Empties FORWARD, and leaves the policy that Docker sets. */
  flushForward(): Promise<void>;
  /** The rule of the guide, in nat POSTROUTING. */
  addGuideRule(): Promise<void>;
}

const SHORT_CUT = '-m mark ! --mark 0x0/0xff000000 -m comment --comment sallyport -j ACCEPT'.split(
  ' ',
);
const DENIAL = ['-s', '10.208.0.9/32', '-j', 'DROP'];
const RETURN = ['-j', 'RETURN'];

/** What everything that calls itself Iptables does. */
export function describeIptables(make: () => Promise<IptablesBench>): void {
  describe('Iptables', () => {
    let bench: IptablesBench;
    beforeEach(async () => {
      bench = await make();
    });

    it('tells that Docker has not made its chain', async () => {
      expect(await bench.iptables.dockerUserRules()).toBeNull();
    });

    it.each([
      ['nothing', [], [SHORT_CUT]],
      ['a closing RETURN', [RETURN], [SHORT_CUT, RETURN]],
      ['a denial and a closing RETURN', [DENIAL, RETURN], [DENIAL, SHORT_CUT, RETURN]],
      ['a denial alone', [DENIAL], [DENIAL, SHORT_CUT]],
    ])('puts our rule behind %s', async (_, before, after) => {
      await bench.makeDockerUser(before);
      await bench.iptables.setDockerUserRules([SHORT_CUT]);
      expect(await bench.iptables.dockerUserRules()).toEqual(after);
      await bench.iptables.setDockerUserRules([SHORT_CUT]);
      expect(await bench.iptables.dockerUserRules()).toEqual(after);
      await bench.iptables.setDockerUserRules([]);
      expect(await bench.iptables.dockerUserRules()).toEqual(before);
    });

    it('tells where FORWARD leads, and leads it to DOCKER-USER once', async () => {
      await bench.makeDockerUser([]);
      await bench.flushForward();
      const flushed = { policy: 'DROP', jumps: [], mayAccept: false };
      expect(await bench.iptables.forwardChain()).toEqual(flushed);
      await bench.iptables.leadToDockerUser();
      await bench.iptables.leadToDockerUser();
      expect(await bench.iptables.forwardChain()).toEqual({
        policy: 'DROP',
        jumps: ['DOCKER-USER'],
        mayAccept: true,
      });
    });

    it('finds the rule of the guide and removes it, also when it is gone', async () => {
      expect(await bench.iptables.natRules()).toEqual([]);
      await bench.addGuideRule();
      const rules = await bench.iptables.natRules();
      expect(rules).toEqual([GUIDE_RULE]);
      await bench.iptables.removeNatRule(GUIDE_RULE);
      expect(await bench.iptables.natRules()).toEqual([]);
      await bench.iptables.removeNatRule(GUIDE_RULE);
    });
  });
}

const GUIDE_ARGUMENTS = '-s 172.19.0.0/16 ! -o z_custom_a -j SNAT --to-source 192.168.4.153';

/** The guide's rule as the port tells it. */
export const GUIDE_RULE = {
  spec: ['POSTROUTING', ...GUIDE_ARGUMENTS.split(' ')],
  source: '172.19.0.0/16',
  notOut: 'z_custom_a',
  target: 'SNAT',
  toSource: '192.168.4.153',
};
