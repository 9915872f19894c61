import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from '@sallyport/lab/agent-process';
import type { Lab } from '@sallyport/lab/lab';

/** Starts the agent in the lab's host, with the services of the machine beyond as its echo services. */
export async function startAgent(lab: Lab): Promise<AgentProcess> {
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, CONFIG);
  const agent = new AgentProcess(lab, { args: ['--config', config] });
  await agent.start();
  return agent;
}

const CONFIG = `echo:
  - http://198.51.100.10/
  - stun://198.51.100.10
  - dns://198.51.100.10/whoami.lab.test?type=TXT
dns:
  - 198.51.100.10
`;
