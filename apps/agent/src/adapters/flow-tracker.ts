import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowNews, FlowTracker } from '../ports/flows.ts';
import { parseFlow, parseFlowEvent } from './flow-text.ts';
import { lineBatches } from './line-batches.ts';
import { ProgramError, runLines } from './run.ts';

type Command = readonly [program: string, ...args: string[]];

/**
 * Bytes that wait in the kernel while the agent is busy. conntrack(8) asks for twice as much as it is told.
 * 8 MiB hold some 30,000 events, where conntrack gives them to the right socket; 1.4.7 does not (ADR 17).
 */
const BUFFER = String(8 * 1024 * 1024);
const FOLLOW = ['-E', '-e', 'NEW,DESTROY', '-b', BUFFER, '-o', 'timestamp,id,extended'];
/** Until a program that was started has subscribed to the kernel's messages. */
const LISTENING_MS = 60;
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 10_000;
const HEALTHY_MS = 5_000;
const ONLY_ONCE_MS = 1_000;

/** What conntrack(8) says on standard error when the kernel's buffer was full (ENOBUFS). */
const OVERRUN = /ENOBUFS/;

/** The kernel's connection tracking, followed by conntrack(8). @param before words before `conntrack` */
export function createFlowTracker(before: readonly string[] = []): FlowTracker {
  return {
    async *follow(signal) {
      let wait = FIRST_WAIT_MS;
      while (!signal.aborted) {
        const begun = performance.now();
        const reason = yield* followOnce(commandOf(before, FOLLOW), signal);
        if (signal.aborted) return;
        yield [{ kind: 'lost', at: Date.now(), reason }];
        wait =
          performance.now() - begun > HEALTHY_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LAST_WAIT_MS);
        await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
    },

    async *living() {
      const never = new AbortController().signal;
      for (const family of ['ipv4', 'ipv6']) {
        const [program, ...args] = commandOf(before, ['-L', '-f', family, '-o', 'extended,id']);
        for await (const line of runLines(program, args, never)) {
          const flow = parseFlow(line);
          if (flow !== null) yield flow;
        }
      }
    },
  };
}

function commandOf(before: readonly string[], args: readonly string[]): Command {
  const [program = 'conntrack', ...more] = [...before, 'conntrack', ...args];
  return [program, ...more];
}

/** Yields until the program ends; answers why. */
async function* followOnce(
  [program, ...args]: Command,
  signal: AbortSignal,
): AsyncGenerator<readonly FlowNews[], string> {
  const child = spawn(program, args, {
    env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    signal,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const failed = once(child, 'error').then(([error]) => (error as Error).message);
  failed.catch(() => undefined);
  const overruns: FlowNews[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!OVERRUN.test(text)) return;
    const at = Date.now();
    const last = overruns.at(-1);
    const reason = 'there were more events than the buffer holds';
    if (last === undefined || at - last.at > ONLY_ONCE_MS)
      overruns.push({ kind: 'lost', at, reason });
  });
  try {
    await sleep(LISTENING_MS, undefined, { signal }).catch(() => undefined);
    yield [{ kind: 'watching', at: Date.now() }];
    for await (const lines of lineBatches(child.stdout)) {
      yield [...overruns.splice(0), ...lines.flatMap((line) => parseFlowEvent(line) ?? [])];
    }
    return child.pid === undefined ? await failed : `${program} has ended`;
  } catch (error) {
    return new ProgramError((error as Error).message, {
      program,
      args,
      code: null,
      stderr: '',
    }).message;
  } finally {
    child.kill('SIGKILL');
  }
}
