import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from '@sallyport/lab/agent-process';
import { probeImage } from '@sallyport/lab/image/names';
import { type Lab, upLab } from '@sallyport/lab/lab';
import { afterAll, beforeAll } from 'vitest';
import { createAgentLink } from '../src/agent/agent-http.ts';
import { describeSessionHost } from './session-host-contract.ts';

const ADDRESS = '192.168.4.153';
const NETWORK = 'z_custom_a';
const BEYOND = '198.51.100.10';

let lab: Lab;

beforeAll(async () => {
  lab = await upLab({ name: `server-host-${process.pid}` });
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(
    config,
    `dns: ['${BEYOND}']\necho: ['http://${BEYOND}/']\nsessions: { allowLaunchCommands: true }\n`,
  );
  const agent = new AgentProcess(lab, { args: ['--config', config] });
  await agent.start();
  await agent.call('createNetwork', { body: { name: NETWORK, egress: { ipv4: [ADDRESS] } } });
});

afterAll(() => lab.down());

describeSessionHost('the agent', () => ({
  link: createAgentLink(join(lab.layout.runDir, 'agent.sock')),
  image: `${probeImage}:latest`,
  network: NETWORK,
  address: ADDRESS,
}));
