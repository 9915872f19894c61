import { afterEach } from 'vitest';
import { createConntrackCli } from '../../src/adapters/conntrack-cli.ts';
import { createIpCli } from '../../src/adapters/ip-cli.ts';
import { createIptablesCli } from '../../src/adapters/iptables-cli.ts';
import { createNftCli } from '../../src/adapters/nft-cli.ts';
import { createTcCli } from '../../src/adapters/tc-cli.ts';
import type { Run } from '../../src/adapters/run.ts';
import { SallyportError } from '@sallyport/contract/errors';
import type { Sysctl } from '../../src/ports/host.ts';
import {
  describeConntrack,
  describeIptables,
  describeSysctl,
  GUIDE_RULE,
} from './host-contract.ts';
import { describeNft } from './nft-contract.ts';
import { kernelRoutingBench } from './routing-benches.ts';
import { describeShaping } from './shaping-contract.ts';
import { describeRouting } from './routing-contract.ts';
import { createThrowAwayNamespace, type ThrowAwayNamespace } from './throw-away-namespace.ts';

/* The real adapters against the kernel, each test in a network namespace of its own. */

const made: ThrowAwayNamespace[] = [];

async function namespace(): Promise<ThrowAwayNamespace> {
  const one = await createThrowAwayNamespace();
  made.push(one);
  return one;
}

afterEach(async () => {
  for (const one of made.splice(0)) await one.remove();
});

describeNft(async () => createNftCli((await namespace()).run));

describeRouting(async () => {
  const one = await namespace();
  return kernelRoutingBench(one, createIpCli(one.run));
});

describeConntrack(async () => {
  const { run } = await namespace();
  let port = 1_000;
  return {
    conntrack: createConntrackCli(run),
    addFlow: async ({ source, leaving, destination = '198.51.100.10', port: dport = 7 }) => {
      const ports = ['--sport', String(++port), '--dport', String(dport), '--timeout', '60'];
      const nat = leaving === source ? [] : ['--src-nat', leaving];
      const flow = ['-p', 'udp', '-s', source, '-d', destination, ...nat];
      await run('conntrack', ['-I', ...flow, ...ports]);
    },
    flows: async () => {
      const { stdout } = await run('conntrack', ['-L', '-f', 'ipv4']);
      const lines = stdout.split('\n').filter((line) => line !== '');
      return lines
        .map((line) => {
          const [source] = /(?<=src=)\S+/.exec(line) ?? [];
          const leaving = [...line.matchAll(/dst=(\S+)/g)][1]?.[1];
          return `${source} leaves as ${leaving}`;
        })
        .toSorted();
    },
  };
});

describeShaping(async () => {
  const { run, ip } = await namespace();
  return {
    shaping: createTcCli(run),
    addBridge: async (name) => {
      await ip('link', 'add', name, 'type', 'bridge');
      await ip('link', 'set', name, 'up');
    },
    removeBridge: async (name) => {
      await ip('link', 'del', name);
    },
    loseQueue: async (bridge) => {
      await run('tc', ['qdisc', 'del', 'dev', bridge, 'root']);
    },
  };
});

describeSysctl(async () => sysctlIn((await namespace()).run));

describeIptables(async () => {
  const { run } = await namespace();
  return {
    iptables: createIptablesCli(run),
    makeDockerUser: async (rules) => {
      await run('iptables', ['-N', 'DOCKER-USER']);
      for (const rule of rules) await run('iptables', ['-A', 'DOCKER-USER', ...rule]);
    },
    flushForward: async () => {
      await run('iptables', ['-P', 'FORWARD', 'DROP']);
      await run('iptables', ['-F', 'FORWARD']);
    },
    addGuideRule: async () => {
      await run('iptables', ['-t', 'nat', '-A', ...GUIDE_RULE.spec]);
      // One that translates nothing, which must not be told.
      await run('iptables', ['-t', 'nat', '-A', 'POSTROUTING', '-s', '10.0.0.0/8', '-j', 'RETURN']);
    },
  };
});

/** /proc/sys/net is that of the process that reads it, so a process inside the namespace does it. */
function sysctlIn(run: Run): Sysctl {
  const adapter = new URL('../../src/adapters/proc-sysctl.ts', import.meta.url).href;
  const ask = async (call: string): Promise<string | null> => {
    const script = `
      const { createProcSysctl } = await import(${JSON.stringify(adapter)});
      const answer = await createProcSysctl().${call}.catch(({ code, message }) => ({ code, message }));
      console.log(JSON.stringify({ answer: answer ?? null }));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await run(process.execPath, args, { timeoutMs: 20_000 });
    const { answer } = JSON.parse(stdout) as { answer: string | null | { message: string } };
    if (typeof answer !== 'object' || answer === null) return answer;
    throw new SallyportError('host_refused', answer.message);
  };
  return {
    read: (path) => ask(`read(${JSON.stringify(path)})`),
    write: async (path, value) => {
      await ask(`write(${JSON.stringify(path)}, ${JSON.stringify(value)})`);
    },
  };
}
