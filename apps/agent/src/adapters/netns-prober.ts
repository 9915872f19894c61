import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SallyportError } from '@sallyport/contract/errors';
import { PROBE_LINK_PREFIX } from '../constants.ts';
import type { ProbeAnswer, Prober, ProbePlace, ProbeQuestion } from '../ports/prober.ts';
import type { Run } from './run.ts';

const PROBE_PROGRAM = fileURLToPath(new URL('../verify/probe-main.ts', import.meta.url));
/** Longer than an echo service may take, so that the probe can say itself which one did not answer. */
const TIMEOUT_MS = 15_000;
/** How long a started process may take until it has a namespace of its own. */
const UNSHARE_MS = 2_000;

/**
 * A probe is a process in a network namespace that nothing but this process keeps alive: when it
 * ends, however it ends, the kernel takes back the namespace with its link and addresses.
 */
export function createNetnsProber(run: Run): Prober {
  return {
    async ask(place, questions, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const probe = spawn(
        'unshare',
        ['--net', '--', 'setpriv', ...UNPRIVILEGED, process.execPath, ...NODE_FLAGS, PROBE_PROGRAM],
        {
          stdio: ['pipe', 'pipe', 'pipe'],
          env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
          signal: limit,
          killSignal: 'SIGKILL',
        },
      );
      const output = text(probe.stdout);
      const complaint = text(probe.stderr);
      const ended = new Promise<void>((resolve, reject) => {
        probe.once('error', reject);
        probe.once('close', () => resolve());
      });
      // What happens to the probe is told once, below.
      ended.catch(() => undefined);
      try {
        if (probe.pid === undefined) await ended;
        await connect(run, place, probe.pid ?? 0);
        probe.stdin.on('error', () => undefined);
        probe.stdin.end(JSON.stringify(questions));
        await ended;
        return readAnswers(await output, questions, await complaint);
      } catch (error) {
        throw asRefusal(error, place);
      } finally {
        probe.kill('SIGKILL');
      }
    },
  };
}

/*
 * Root without a single capability, that can't get one: another user might not be able to read the
 * program. Node's permission model takes writing files and starting processes away as well.
 */
const UNPRIVILEGED = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
const NODE_FLAGS = ['--permission', '--allow-fs-read=*', '--disable-warning=ExperimentalWarning'];

/** Gives the probe's namespace a link to the bridge, an address and the way out, as Docker does it. */
async function connect(
  run: Run,
  { bridge, address, gateway, ipv6 }: ProbePlace,
  pid: number,
): Promise<void> {
  const link = `${PROBE_LINK_PREFIX}${randomBytes(4).toString('hex')}`;
  await untilUnshared(pid);
  await run('ip', [
    'link',
    'add',
    link,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    String(pid),
  ]);
  await run('ip', ['link', 'set', link, 'master', bridge, 'up']);
  const inside = [
    'link set lo up',
    `address add ${address} dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway}`,
    // The address is nobody else's: without nodad it could not be used for a second.
    ...(ipv6 === null
      ? []
      : [`address add ${ipv6.address} dev eth0 nodad`, `route add default via ${ipv6.gateway}`]),
  ];
  await run('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], {
    stdin: `${inside.join('\n')}\n`,
  });
}

async function untilUnshared(pid: number): Promise<void> {
  const own = await readlink('/proc/self/ns/net');
  const end = Date.now() + UNSHARE_MS;
  while ((await readlink(`/proc/${pid}/ns/net`)) === own) {
    if (Date.now() > end) throw new Error('it got no network namespace of its own');
    await sleep(2);
  }
}

function readAnswers(
  output: string,
  questions: readonly ProbeQuestion[],
  complaint: string,
): readonly ProbeAnswer[] {
  const answers = output === '' ? [] : (JSON.parse(output) as readonly ProbeAnswer[]);
  if (answers.length === questions.length) return answers;
  throw new Error(complaint.trim().split('\n').at(-1) || 'it ended without an answer');
}

function asRefusal(error: unknown, { bridge }: ProbePlace): SallyportError {
  const detail = error instanceof Error ? error.message : String(error);
  return new SallyportError('host_refused', `The probe on ${bridge} failed: ${detail}`, {
    remedy:
      'See whether unshare, setpriv and ip (util-linux, iproute2) are installed: sallyport doctor',
    cause: error,
  });
}
