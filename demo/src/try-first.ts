import { join } from 'node:path';
import type { Lab } from '@sallyport/lab/lab';
import { tryRun } from '@sallyport/lab/process/run';
import { type Kept, TO_TRY } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Whether what people are told to try does what they expect, the way they would do it. */
export async function tryFirst({ name }: Lab): Promise<Kept> {
  const [first] = TO_TRY;
  const command = ['run', '--silent', 'lab', '--', 'exec', '--name', name, ...first.split(' ')];
  const { code, stdout, stderr } = await tryRun('npm', command, { cwd: ROOT });
  const networks = ['z_custom_a', 'z_custom_b'].filter((network) => stdout.includes(network));
  return {
    promise: 'the commands to try find the lab: they list both networks',
    kept: code === 0 && networks.length === 2,
    seen: networks.join(', ') || stderr.trim(),
  };
}
