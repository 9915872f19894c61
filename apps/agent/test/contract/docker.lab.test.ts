import { type Lab, upLab } from '@sallyport/lab/lab';
import { afterAll, beforeAll } from 'vitest';
import { createDockerEngine } from '../../src/adapters/docker-engine.ts';
import { createIpCli } from '../../src/adapters/ip-cli.ts';
import { run } from '../../src/adapters/run.ts';
import { describeDocker } from './docker-contract.ts';

/* The real client against a real Docker Engine; fakes.test.ts has the other half. */

let lab: Lab;

beforeAll(async () => {
  lab = await upLab({ name: `docker-${process.pid}`, capture: false });
});

afterAll(async () => {
  await lab.down();
});

describeDocker(async () => {
  const { stdout: containers } = await lab.docker(['ps', '--all', '--quiet']);
  for (const id of linesOf(containers)) await lab.container(id).remove();
  const { stdout: networks } = await lab.docker(['network', 'ls', '--quiet', '-f', 'type=custom']);
  for (const id of linesOf(networks)) await lab.docker(['network', 'rm', id]);
  return {
    docker: createDockerEngine(`unix://${lab.dockerSocket}`),
    routing: createIpCli((program, args, options) =>
      run('nsenter', [`--net=/run/netns/${lab.host.namespace}`, program, ...args], options),
    ),
    startContainer: async (name, network) =>
      void (await lab.runContainer({ name, network: network.name })),
    removeContainer: (name) => lab.container(name).remove(),
    addForeignNetwork: async (name, subnet) =>
      void (await lab.docker(['network', 'create', '--subnet', subnet, name])),
  };
});

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
