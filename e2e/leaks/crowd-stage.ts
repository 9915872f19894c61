import { A, B, upWorld, type World } from '../support/world.ts';
import { healAgent, type Pace, paceOf, type Stage } from './stage.ts';

/** Both networks of the guide, and nothing that sends. */
export async function upCrowdStage(name: string, { long }: Pace): Promise<Stage> {
  const world = await upWorld(name);
  await world.createGuideNetworks();
  const heal = async (): Promise<void> => {
    await removeContainers(world);
    await healAgent(world);
  };
  return { ...paceOf(long), world, heal };
}

/** Each scenario removes its own; one that failed half-way must not keep the next one from its networks. */
async function removeContainers({ lab }: World): Promise<void> {
  const { stdout } = await lab.docker(['ps', '--all', '--quiet']);
  const left = stdout.split('\n').filter((id) => id !== '');
  if (left.length > 0) await lab.docker(['rm', '--force', ...left], { timeoutMs: 120_000 });
}

export const NETWORKS = [A, B] as const;
