/** Pictures of the pages for the documents: `npm run screenshots [-- FOLDER]`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PAGES, type PageName } from '@sallyport/contract/server/pages';
import { openPerson, settle, signIn } from './person.ts';
import { seed } from './seed.ts';
import { openStage } from './stage.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../../docs/screenshots');
const NAMES: readonly PageName[] = [
  'home',
  'images',
  'image',
  'egress',
  'users',
  'audit',
  'account',
];
const LOOKS = [
  { width: 1280, dark: false },
  { width: 1280, dark: true },
  { width: 390, dark: false },
];

await mkdir(folder, { recursive: true });
const progress = (line: string): void => void process.stdout.write(`${line}\n`);
const stage = await openStage(progress);
try {
  for (const [index, look] of LOOKS.entries()) {
    const { page, context } = await openPerson(stage, look);
    await signIn(page, stage.password);
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
    if (index === 0) await seed(page);
    for (const name of NAMES) {
      await page.goto(PAGES[name].replace('{id}', 'new'));
      await settle(page);
      const suffix = look.dark ? '-dark' : look.width < 500 ? '-phone' : '';
      const path = join(folder, `${name}${suffix}.png`);
      await page.screenshot({ path });
      progress(path);
    }
    await context.close();
  }
} finally {
  await stage.close();
}
