import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** True when a Docker Engine answers on this socket. */
export function pingDocker(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: '/_ping', timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => {
      resolve(false);
    });
    call.end();
  });
}

/** What waiting for an engine may depend on. */
export interface WaitForDockerOptions {
  readonly timeoutMs: number;
  /** False as soon as waiting has no sense any more. */
  readonly alive: () => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Waits until a Docker Engine answers.
 *
 * @throws Error when it ends or the time is over first.
 */
export async function waitForDocker(
  socketPath: string,
  { timeoutMs, alive, signal }: WaitForDockerOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await pingDocker(socketPath))) {
    signal?.throwIfAborted();
    if (!alive()) throw new Error('dockerd ended before it answered');
    if (Date.now() > deadline) throw new Error(`dockerd gave no answer in ${String(timeoutMs)} ms`);
    await sleep(20);
  }
}
