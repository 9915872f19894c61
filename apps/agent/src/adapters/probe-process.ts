import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ProbeAnswer, ProbeQuestion } from '../ports/prober.ts';

const PROBE_PROGRAM = fileURLToPath(new URL('../verify/probe-main.ts', import.meta.url));
/** Longer than an echo service may take, so that the probe can say itself which one did not answer. */
const TIMEOUT_MS = 15_000;

/*
 * Root without a single capability, that can't get one: another user might not be able to read the
 * program. Node's permission model takes writing files and starting processes away as well.
 */
const UNPRIVILEGED = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
const NODE_FLAGS = ['--permission', '--allow-fs-read=*', '--disable-warning=ExperimentalWarning'];

/** In whose namespace a probe runs, and what has to be done before it may ask. */
interface ProbeWay {
  /** Program and arguments that bring the probe into a namespace. */
  readonly into: readonly [string, ...string[]];
  /** Called with the probe's process id, while it waits for its questions. */
  readonly prepare?: (pid: number) => Promise<void>;
}

/** Starts a probe, asks, and ends it. Rejects with whatever went wrong. */
export async function askByProbe(
  { into: [program, ...args], prepare }: ProbeWay,
  questions: readonly ProbeQuestion[],
  signal: AbortSignal,
): Promise<readonly ProbeAnswer[]> {
  const probe = spawn(
    program,
    [...args, '--', 'setpriv', ...UNPRIVILEGED, process.execPath, ...NODE_FLAGS, PROBE_PROGRAM],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
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
    await prepare?.(probe.pid ?? 0);
    probe.stdin.on('error', () => undefined);
    probe.stdin.end(JSON.stringify(questions));
    await ended;
    return readAnswers(await output, questions, await complaint);
  } finally {
    probe.kill('SIGKILL');
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
