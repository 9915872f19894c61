import { parseArgs } from 'node:util';
import { SallyportError } from '@sallyport/contract/errors';
import { cleanup } from '../cleanup.ts';
import { readConfig } from '../config.ts';
import { planInstall } from './install.ts';
import { carryOut } from './steps.ts';
import { planStop, planUninstall } from './uninstall.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** `sallyport agent install` @throws SallyportError */
export async function install(args: readonly string[]): Promise<number> {
  const flags = parse(args, {
    root: { type: 'string', default: '/' },
    'require-guard': { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  } as const);
  const steps = planInstall({ root: flags.root, requireGuard: flags['require-guard'] });
  carryOut(steps, { dryRun: flags['dry-run'], print });
  if (!flags['dry-run']) print('Installed. How it stands: sallyport doctor');
  return 0;
}

/** `sallyport agent uninstall` @throws SallyportError */
export async function uninstall(args: readonly string[]): Promise<number> {
  const flags = parse(args, {
    root: { type: 'string', default: '/' },
    'keep-networks': { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  } as const);
  const { root, 'dry-run': dryRun, 'keep-networks': keep } = flags;
  carryOut(planStop(root), { dryRun, print });
  // Networks that containers use refuse to be removed, and then the program stays as well.
  if (root === '/' && !keep) {
    print(dryRun ? 'would remove all networks' : 'remove all networks');
    const code = dryRun ? 0 : await cleanup(readConfig([]));
    if (code !== 0) return code;
  }
  carryOut(planUninstall(root), { dryRun, print });
  return 0;
}

function parse<T extends NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new SallyportError('invalid_input', (error as Error).message, {
      remedy: 'See: sallyport agent --help',
    });
  }
}
