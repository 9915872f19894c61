import { DOCKER_USER, RULE_COMMENT } from '../constants.ts';
import type { ForwardChain, Iptables, NatRule } from '../ports/host.ts';
import { memoByText } from './memo-by-text.ts';
import { refusing } from './refusal.ts';
import { ProgramError, type Run } from './run.ts';

const FORWARD = 'FORWARD';
const LEAD = [FORWARD, '-j', DOCKER_USER] as const;
/** Wait for the lock that Docker takes for every change of its own. */
const WAIT = ['-w', '5'] as const;

/** iptables, in whichever variant the host has: the one that Docker calls as well. */
export function createIptablesCli(run: Run): Iptables {
  const iptables = (args: readonly string[], allowFailure = false) =>
    refusing('iptables refused', run('iptables', [...WAIT, ...args], { allowFailure }));

  /** The listing of a chain; null where there is no such chain, or no iptables at all. */
  const list = async (args: readonly string[]): Promise<string | null> => {
    const listing = run('iptables', [...WAIT, ...args], { allowFailure: true }).catch(
      (error: unknown) => {
        if (error instanceof ProgramError && error.notInstalled) return { code: 1, stdout: '' };
        throw error;
      },
    );
    const { code, stdout } = await refusing('iptables does not answer', listing);
    return code === 0 ? stdout : null;
  };

  const readDockerUser = memoByText((listing) =>
    rulesOf(listing, DOCKER_USER).map(([, ...rule]) => rule),
  );
  const readForward = memoByText(toForwardChain);
  const readNat = memoByText((listing) => rulesOf(listing, 'POSTROUTING').flatMap(toNatRule));

  const dockerUserRules = async (): Promise<readonly (readonly string[])[] | null> => {
    const listing = await list(['-S', DOCKER_USER]);
    return listing === null ? null : readDockerUser(listing);
  };

  return {
    async natRules() {
      const listing = await list(['-t', 'nat', '-S', 'POSTROUTING']);
      return listing === null ? [] : readNat(listing);
    },

    async removeNatRule({ spec }) {
      const removal = ['-t', 'nat', '-D', ...spec];
      const { code } = await iptables(removal, true);
      if (code === 0) return;
      // It fails in the same way where the rule is gone already; -C tells the two apart.
      const { code: presence } = await iptables(['-t', 'nat', '-C', ...spec], true);
      if (presence !== 1) await iptables(removal);
    },

    dockerUserRules,

    async setDockerUserRules(rules) {
      const present = (await dockerUserRules()) ?? [];
      for (const rule of present.filter(isOurs)) await iptables(['-D', DOCKER_USER, ...rule]);
      const others = present.filter((rule) => !isOurs(rule));
      // Behind what administrators deny there, but before the RETURN with which Docker closes the chain.
      const closing = others.at(-1)?.join(' ') === '-j RETURN';
      const position = others.length + (closing ? 0 : 1);
      for (const [offset, rule] of rules.entries()) {
        await iptables(['-I', DOCKER_USER, String(position + offset), ...rule]);
      }
    },

    async forwardChain() {
      const listing = await list(['-S', FORWARD]);
      return listing === null ? null : readForward(listing);
    },

    async leadToDockerUser() {
      const { code } = await iptables(['-C', ...LEAD], true);
      if (code !== 0) await iptables(['-I', ...LEAD]);
    },
  };
}

/** Verdicts and notes that let no packet through; every other target might. */
const NOT_ACCEPTING = ['DROP', 'REJECT', 'LOG', 'NFLOG', 'RETURN'];

/** Docker has four rules for each network here: they are not taken apart, only looked through. */
function toForwardChain(listing: string): ForwardChain {
  const targets = [...listing.matchAll(/^-A FORWARD .*?-[jg] (\S+)/gm)].map(
    ([, name = '']) => name,
  );
  return {
    policy: /^-P FORWARD (\S+)/m.exec(listing)?.[1] ?? 'ACCEPT',
    jumps: [...listing.matchAll(/^-A FORWARD -j (\S+)/gm)].map(([, name = '']) => name),
    mayAccept: targets.some((target) => !NOT_ACCEPTING.includes(target)),
  };
}

function isOurs(rule: readonly string[]): boolean {
  return rule.includes(RULE_COMMENT);
}

/** `-A CHAIN …` lines of `iptables -S` as arguments, beginning with the chain. */
function rulesOf(listing: string, chain: string): readonly (readonly string[])[] {
  return listing
    .split('\n')
    .filter((line) => line.startsWith(`-A ${chain} `))
    .map((line) => splitArguments(line).slice(1));
}

/** iptables quotes arguments with spaces and escapes quotes within them (iptables-save format). */
export function splitArguments(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
  );
}

function toNatRule(spec: readonly string[]): readonly NatRule[] {
  const target = valueOf(spec, '-j');
  if (target !== 'SNAT' && target !== 'MASQUERADE') return [];
  const out = spec.indexOf('-o');
  return [
    {
      spec,
      source: valueOf(spec, '-s'),
      notOut: out > 0 && spec[out - 1] === '!' ? (spec[out + 1] ?? null) : null,
      target,
      toSource: valueOf(spec, '--to-source'),
    },
  ];
}

function valueOf(spec: readonly string[], flag: string): string | null {
  const index = spec.indexOf(flag);
  return index < 0 || spec[index - 1] === '!' ? null : (spec[index + 1] ?? null);
}
