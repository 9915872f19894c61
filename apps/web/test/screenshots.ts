/** Pictures of the pages on a lab, for the documents: `npm run screenshots [-- FOLDER]`. Root. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAGES, type PageName } from '@sallyport/contract/server/pages';
import { AgentProcess } from '@sallyport/lab/agent-process';
import { type Lab, upLab } from '@sallyport/lab/lab';
import { ServerProcess } from '@sallyport/lab/server-process';
import { openPerson, settle, signIn } from './person.ts';
import { seed } from './seed.ts';
import { openBrowser } from './stage.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../../docs/screenshots');
/** With a network that is blocked, since its address is not on the host any more. */
const LOST = '192.168.4.153';
const NAMES: readonly PageName[] = ['home', 'egress', 'image'];
const LOOKS = [
  { width: 1280, dark: false, suffix: '' },
  { width: 1280, dark: true, suffix: '-dark' },
  { width: 390, dark: false, suffix: '-phone' },
];

const progress = (line: string): void => void process.stdout.write(`${line}\n`);

async function takePictures(lab: Lab, server: ServerProcess): Promise<void> {
  try {
    for (const { suffix, ...look } of LOOKS) {
      const { page, context } = await openPerson({ browser, url: server.url }, look);
      await signIn(page, server.password);
      await page.getByRole('heading', { name: 'Start a session' }).waitFor();
      if (suffix === '') {
        await seed(page);
        await lab.host.exec('ip', ['address', 'del', `${LOST}/24`, 'dev', 'enp0s3']);
      }
      for (const name of NAMES) {
        await page.goto(PAGES[name].replace('{id}', 'new'));
        await settle(page);
        if (name === 'egress')
          await page.locator('.blocked').first().waitFor({ state: 'attached' });
        const path = join(folder, `${name}${suffix}.png`);
        await page.screenshot({ path });
        progress(path);
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

await mkdir(folder, { recursive: true });
// Before the server, which reads the built page once.
const browser = await openBrowser(progress);
const lab = await upLab({ name: `screenshots-${process.pid}`, progress });
try {
  const config = join(lab.layout.runDir, 'agent.yaml');
  await writeFile(config, `dns: ['198.51.100.10']\n`);
  const agent = new AgentProcess(lab, { args: ['--config', config] });
  await agent.start();
  const server = new ServerProcess(lab);
  await server.start();
  try {
    await takePictures(lab, server);
  } finally {
    await server.stop();
    await agent.stop();
  }
} finally {
  await lab.down();
}
