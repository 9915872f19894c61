import assert from 'node:assert/strict';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT } from '@sallyport/lab/agent-process';
import {
  hideProgram,
  replaceProgram,
  makePrivateMounts,
  type PrivateMounts,
} from '../../support/private-mounts.ts';
import { pictureHost } from '../../support/host-picture.ts';
import { A, until } from '../../support/world.ts';
import { bare } from '../controls.ts';
import type { Scenario } from '../scenario.ts';
import type { LoadStage } from '../stage.ts';

/* The host does not let the agent do its work: it says so, and nothing is half done. */

interface Refusal {
  readonly title: string;
  /** Starts the agent under this difficulty; what it starts for it is ended by `mounts.end`. */
  readonly start: (stage: LoadStage, mounts: PrivateMounts) => Promise<void>;
  /** How a new network is refused. */
  readonly code: string;
  readonly words: RegExp;
  /** The check by which `sallyport doctor` tells it. */
  readonly check: string;
  /** Whether the agent says so when it starts: where it is so by then. */
  readonly atStart: boolean;
}

const body = { name: 'z_refused', egress: { ipv4: [A.address] } };

/** The agent's own state, flow log included, on a file system of its own that can be filled or closed. */
async function smallState({ world }: LoadStage, mounts: PrivateMounts): Promise<string> {
  const { stateDir } = world.agent;
  const copy = join(world.lab.layout.runDir, 'state-copy');
  await rm(copy, { recursive: true, force: true });
  await cp(stateDir, copy, { recursive: true });
  await mkdir(stateDir, { recursive: true });
  await mounts.exec('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', stateDir);
  await mounts.exec('cp', '-a', `${copy}/.`, stateDir);
  return stateDir;
}

/** Lists what there is, as ever; a file with what it does not know yet is refused as a whole. */
const OLD_NFT = `#!/bin/sh
case "$1" in
  --version) echo 'nftables v0.9.3 (Topsy)' ;;
  -f) cat >/dev/null; echo '/dev/stdin:1:1-5: Error: syntax error, unexpected string' >&2; exit 1 ;;
  *) exec REAL "$@" ;;
esac
`;

const REFUSALS: readonly Refusal[] = [
  {
    title: 'the disk of the state directory is full',
    code: 'state_not_writable',
    words: /ENOSPC|no space/i,
    check: 'state-dir',
    atStart: false,
    start: async (stage, mounts) => {
      const stateDir = await smallState(stage, mounts);
      await stage.world.agent.start([...mounts.enter, ...AGENT]);
      // It ends with "no space left", having taken all there was.
      await mounts
        .exec('dd', 'if=/dev/zero', `of=${stateDir}/filler`, 'bs=64k')
        .catch(() => undefined);
    },
  },
  {
    title: 'the state directory is read-only',
    code: 'state_not_writable',
    words: /EROFS|read-only/i,
    check: 'state-dir',
    atStart: false,
    start: async (stage, mounts) => {
      const stateDir = await smallState(stage, mounts);
      await mounts.exec('mount', '-o', 'remount,ro', stateDir);
      await stage.world.agent.start([...mounts.enter, ...AGENT]);
    },
  },
  {
    title: 'nft is missing',
    code: 'host_refused',
    words: /nft/,
    check: 'nft',
    atStart: true,
    start: async (stage, mounts) => {
      await hideProgram(stage.world, mounts, 'nft');
      await stage.world.agent.start([...mounts.enter, ...AGENT]);
    },
  },
  {
    title: 'nft is too old: a stand-in that answers so, and takes no table',
    code: 'host_refused',
    words: /syntax error/,
    check: 'nft',
    atStart: true,
    start: async (stage, mounts) => {
      await replaceProgram(stage.world, mounts, { program: 'nft', script: OLD_NFT });
      await stage.world.agent.start([...mounts.enter, ...AGENT]);
    },
  },
  {
    title: 'the permission to change the network is missing (CAP_NET_ADMIN)',
    code: 'host_refused',
    words: /permitted|permission/i,
    check: 'permissions',
    atStart: true,
    start: async ({ world }) => {
      await world.agent.start([
        'setpriv',
        '--bounding-set=-net_admin',
        '--inh-caps=-net_admin',
        '--',
        ...AGENT,
      ]);
    },
  },
];

interface Problem {
  readonly code?: string;
  readonly message?: string;
}

function refused({ title, start, code, words, check, atStart }: Refusal): Scenario<LoadStage> {
  return {
    id: 'L38',
    title,
    run: async (stage) => {
      const { world } = stage;
      const before = await pictureHost(world);
      const since = Date.now();
      const mounts = await makePrivateMounts(world, `mounts-${since}`);
      try {
        await world.agent.stop();
        await start(stage, mounts);
        const problem: Problem = await world.agent.call('createNetwork', { body }).then(
          () => ({ code: 'created' }),
          (error: Problem) => error,
        );
        assert.equal(problem.code, code, problem.message);
        assert.match(problem.message ?? '', words);
        const findings = await world.agent.call('doctor', {});
        const told = findings.filter((found) => found.check === check && found.level !== 'ok');
        const events = await world.agent.call('events', { query: { limit: 50 } });
        const started = events.filter(({ kind, at }) => kind === 'error' && at >= since);
        await stage.untilBothFlow();
        assert.equal(await pictureHost(world), before, 'nothing is half applied');
        await world.agent.stop();
        assert.equal(told.length, 1, 'doctor says so, in one sentence');
        const sentence = told[0]?.message ?? '';
        if (atStart)
          assert.ok(
            started.some(({ message }) => message.includes(sentence)),
            'the start says so',
          );
      } finally {
        await mounts.end();
      }
      await world.agent.start();
      await until('all is as before', async () => (await pictureHost(world)) === before);
      return { since, leaks: await stage.leaks(since), subject: stage.a };
    },
    control: bare(async () => undefined),
  };
}

export const hostRefuses: readonly Scenario<LoadStage>[] = REFUSALS.map(refused);
