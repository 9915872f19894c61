import { A, B, upWorld } from '../support/world.ts';
import { healAgent, type Pace, paceOf, type Stage } from './stage.ts';

/** Both networks of the guide, and nothing that sends. */
export async function upCrowdStage(name: string, { long }: Pace): Promise<Stage> {
  const world = await upWorld(name);
  await world.createGuideNetworks();
  return { ...paceOf(long), world, heal: () => healAgent(world) };
}

export const NETWORKS = [A, B] as const;
