import { SallyportError } from '@sallyport/contract/errors';
import type { AskInside } from '../ports/prober.ts';
import { askByProbe } from './probe-process.ts';

/** See {@link file://../ports/prober.ts}. Nothing of the container is used but its network. */
export const askInside: AskInside = async (pid, questions, signal) => {
  try {
    const into = ['nsenter', `--net=/proc/${pid}/ns/net`] as const;
    return await askByProbe({ into: [...into] }, questions, signal);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new SallyportError('host_refused', `The probe in the session failed: ${detail}`, {
      remedy: 'See whether nsenter and setpriv (util-linux) are installed: sallyport doctor',
      cause: error,
    });
  }
};
