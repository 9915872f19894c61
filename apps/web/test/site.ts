import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from '@sallyport/lab/agent-process';
import { type Lab, upLab } from '@sallyport/lab/lab';
import { ServerProcess } from '@sallyport/lab/server-process';
import type { Browser } from 'playwright-core';
import { openBrowser } from './stage.ts';

/** The machine beyond: it answers names, and tells who has asked. */
export const BEYOND = '198.51.100.10';

/** Everything that is real: a host with Docker and the agent, the server without privileges, a browser. */
export interface Site {
  readonly lab: Lab;
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** Where the server is reached. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** @param name of the lab, among those of other tests */
export async function openSite(name: string): Promise<Site> {
  // Before the server, which reads the built page once.
  const browser = await openBrowser();
  const lab = await upLab({ name: `web-${name}-${process.pid}` });
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, `dns: ['${BEYOND}']\necho: ['http://${BEYOND}/']\n`);
  const agent = new AgentProcess(lab, { args: ['--config', config] });
  await agent.start();
  const server = new ServerProcess(lab);
  await server.start();
  const close = async (): Promise<void> => {
    await browser.close();
    await server.stop();
    await agent.stop();
    await lab.down();
  };
  return { lab, server, browser, url: server.url, close };
}
