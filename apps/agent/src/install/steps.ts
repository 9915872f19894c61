import { SallyportError } from '@sallyport/contract/errors';

/** One change to the system, with the line that tells it. */
export interface InstallStep {
  readonly says: string;
  readonly act: () => void;
}

/** Carries steps out in order and tells each; with `dryRun` only tells them. @throws SallyportError */
export function carryOut(
  steps: readonly InstallStep[],
  { dryRun, print }: { readonly dryRun: boolean; readonly print: (line: string) => void },
): void {
  for (const { says, act } of steps) {
    print(dryRun ? `would ${says}` : says);
    if (dryRun) continue;
    try {
      act();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new SallyportError('host_refused', `Could not ${says}: ${message}`, {
        remedy: code === 'EACCES' || code === 'EPERM' ? 'Run it as root.' : '',
        cause: error,
      });
    }
  }
}
