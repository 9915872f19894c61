import { createHostAdapters, createStore } from './compose-host.ts';
import type { AgentConfig } from './config.ts';

/**
 * One-shot, ordered before Docker at boot: loads the stored table and rules, so that containers with
 * a restart policy find the guard in place. Without a stored guard there is nothing to guard.
 */
export async function loadGuard(config: AgentConfig): Promise<number> {
  const guard = await createStore(config).loadBootGuard();
  if (guard === null) {
    process.stdout.write('No guard is stored; nothing to load.\n');
    return 0;
  }
  const { bootLoader } = createHostAdapters(config);
  await bootLoader.load(guard);
  process.stdout.write('The stored guard is loaded.\n');
  return 0;
}
