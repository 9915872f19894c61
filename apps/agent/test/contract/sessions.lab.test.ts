import { type Lab, upLab } from '@sallyport/lab/lab';
import { probeImage } from '@sallyport/lab/image/names';
import { afterAll, beforeAll } from 'vitest';
import { createDockerSessions } from '../../src/adapters/docker-sessions.ts';
import { containerName, SESSION_LABEL } from '../../src/sessions/labels.ts';
import { describeSessions } from './sessions-contract.ts';

/* The real adapter against a real Docker Engine; fakes.test.ts has the other half. */

let lab: Lab;
let others = 0;

beforeAll(async () => {
  lab = await upLab({ name: `sessions-${process.pid}`, capture: false });
  await lab.docker(['network', 'create', 'spt_sessions']);
});

afterAll(() => lab.down());

const lines = async (...args: readonly string[]) =>
  (await lab.docker(args)).stdout.split('\n').filter((line) => line !== '');

describeSessions(async () => {
  for (const id of await lines('ps', '--all', '--quiet')) await lab.container(id).remove();
  for (const name of await lines('volume', 'ls', '--quiet'))
    await lab.docker(['volume', 'rm', name]);
  return {
    containers: createDockerSessions(`unix://${lab.dockerSocket}`),
    image: `${probeImage}:latest`,
    network: 'spt_sessions',
    never: ['sleep', '600'],
    kill: async (id) => {
      await lab.docker(['kill', containerName(id)]);
      await lab.docker(['wait', containerName(id)]);
    },
    addForeign: async (id) => void (await lab.runContainer({ name: containerName(id) })),
    addLabelled: async (id) => {
      const label = `${SESSION_LABEL}=${id}`;
      await lab.runContainer({ name: `by-hand-${++others}`, extra: ['--label', label] });
    },
    foreignRuns: async (id) =>
      (await lines('ps', '--quiet', '--filter', `name=${containerName(id)}`)).length === 1,
    addForeignVolume: async (name) => void (await lab.docker(['volume', 'create', name])),
    volumes: () => lines('volume', 'ls', '--quiet'),
  };
});
