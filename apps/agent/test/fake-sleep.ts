import { vi } from 'vitest';

/**
 * What stands for `node:timers/promises` under fake timers, which can not reach into that module:
 * `vi.mock('node:timers/promises', () => fakeSleep())`.
 */
export function fakeSleep() {
  return {
    setTimeout: <T>(ms: number, value?: T, options: { readonly signal?: AbortSignal } = {}) =>
      new Promise<T | undefined>((resolve, reject) => {
        const timer = globalThis.setTimeout(() => resolve(value), ms);
        const aborted = (): void => {
          clearTimeout(timer);
          reject(new Error('aborted'));
        };
        if (options.signal?.aborted === true) aborted();
        options.signal?.addEventListener('abort', aborted, { once: true });
      }),
  };
}

/** Timers and clocks that only {@link vi.advanceTimersByTimeAsync} moves. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
}
