import { PAGES } from '@sallyport/contract/server/pages';
import { generate } from 'otplib';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  findBarriers,
  openPerson,
  overflow,
  type Person,
  settle,
  signIn,
  wideLists,
} from './person.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Nobody runs an agent here, and the server says so. */
const NO_AGENT = /^503 GET /;

/** Somebody's own browser for one test, in which nothing may go wrong but what is expected. */
async function visit(
  look: Parameters<typeof openPerson>[1] = {},
  expected: readonly unknown[] = [],
): Promise<Person> {
  const person = await openPerson(stage, look);
  onTestFinished(async () => {
    await person.context.close();
    // Once each: what a browser tries again by itself goes wrong as often as there is time.
    const complaints = new Set(person.complaints.filter((one) => !NO_AGENT.test(one)));
    expect([...complaints]).toEqual(expected);
  });
  return person;
}

const heading = (person: Person, name: string) =>
  person.page.getByRole('heading', { name, level: 1 });

test('a wrong password is told with what to do; the right one opens the first page', async () => {
  const person = await visit({}, ['401 POST /api/v1/sign-in']);
  await signIn(person.page, 'not the password');
  await person.page.getByRole('alert').waitFor();
  expect(await person.page.getByRole('alert').textContent()).toContain('wrong_credentials');
  await person.page.getByRole('textbox', { name: 'Password' }).fill(stage.password);
  await person.page.keyboard.press('Enter');
  await heading(person, 'Start a session').waitFor();
  await person.page.getByRole('button', { name: 'Sign out' }).click();
  await heading(person, 'Sign in').waitFor();
});

test('what the provider refused is told where one signs in, and nothing else that stands there', async () => {
  const person = await visit();
  await person.page.goto('/sign-in?problem=oidc_no_account');
  await person.page.getByRole('alert').waitFor();
  expect(await person.page.getByRole('alert').textContent()).toContain('You have no account here');
  await person.page.goto('/sign-in?problem=%3Cb%3Eowned');
  await heading(person, 'Sign in').waitFor();
  expect(await person.page.getByRole('alert').count()).toBe(0);
  expect(await person.page.getByRole('link', { name: /^Sign in with/ }).count()).toBe(0);
});

test('a mistyped address is told by the page, which leads on', async () => {
  const person = await visit({}, ['404 GET /egress']);
  await signIn(person.page, stage.password);
  await heading(person, 'Start a session').waitFor();
  await person.page.goto(new URL('/egress', person.page.url()).href);
  await heading(person, 'There is no such page').waitFor();
  expect(await findBarriers(person.page)).toEqual([]);
  await person.page.getByRole('link', { name: 'To the start' }).click();
  await heading(person, 'Start a session').waitFor();
});

test('what somebody else changes is shown at once; the control hears of nothing', async () => {
  const seer = await visit();
  const deaf = await visit({}, ['net::ERR_FAILED GET /api/v1/events']);
  await deaf.page.route('**/api/v1/events', (route) => route.abort());
  for (const { page } of [seer, deaf]) {
    await signIn(page, stage.password);
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('cell', { name: 'Everybody', exact: true }).waitFor();
  }
  const maker = await visit();
  await signIn(maker.page, stage.password);
  await maker.page.getByRole('link', { name: 'Groups' }).click();
  await maker.page.getByRole('button', { name: 'Add group' }).click();
  const dialog = maker.page.getByRole('dialog');
  await dialog.getByLabel(/^Name/).fill('Night shift');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await seer.page.getByRole('cell', { name: 'Night shift', exact: true }).waitFor();
  expect(await deaf.page.getByRole('cell', { name: 'Night shift', exact: true }).count()).toBe(0);
});

test('users: made, asked for a second factor once they have one, disabled', async () => {
  const admin = await visit();
  await signIn(admin.page, stage.password);
  await admin.page.getByRole('link', { name: 'Users' }).click();
  await admin.page.getByRole('button', { name: 'Add user' }).click();
  const dialog = admin.page.getByRole('dialog');
  await dialog.getByLabel(/^Name/).fill('anna');
  await dialog.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await admin.page.getByRole('cell', { name: 'anna', exact: true }).waitFor();

  const anna = await visit();
  await signIn(anna.page, 'correct horse battery', 'anna');
  await heading(anna, 'Start a session').waitFor();
  expect(await anna.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
  await anna.page.getByRole('link', { name: 'My account' }).click();
  const factor = anna.page.locator('form', { hasText: 'Second factor' });
  await factor.getByRole('textbox', { name: 'Current password' }).fill('correct horse battery');
  await factor.getByRole('button', { name: 'Turn on' }).click();
  const secret = (await factor.getByTestId('secret').textContent()) ?? '';
  await factor.getByLabel('Code').fill(await generate({ secret }));
  await factor.getByRole('button', { name: 'Confirm' }).click();
  const codes = factor.getByText('Recovery codes');
  await codes.waitFor();
  const recovery = (await factor.locator('pre').textContent())?.split('\n')[0] ?? '';

  // Without the code first, and at the end no more.
  const again = await visit({}, ['401 POST /api/v1/sign-in', '401 GET /api/v1/me']);
  await signIn(again.page, 'correct horse battery', 'anna');
  await again.page.getByLabel('Code of your authenticator').fill(recovery);
  await again.page.keyboard.press('Enter');
  await heading(again, 'Start a session').waitFor();

  await admin.page.getByRole('button', { name: 'Edit anna' }).click();
  await admin.page.getByRole('switch', { name: 'Disabled' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await again.page.goto(PAGES.sessions);
  await heading(again, 'Sign in').waitFor();
});

test('an image is restricted to a Docker network where the guide says', async () => {
  const refused: unknown = expect.stringMatching('^400 PATCH /api/v1/images/');
  const { page } = await visit({}, [refused]);
  await signIn(page, stage.password);
  await page.getByRole('link', { name: 'Images', exact: true }).click();
  await page.getByRole('button', { name: 'Add image' }).click();
  await page.getByLabel('Friendly name').fill('Chromium');
  await page.getByLabel('Docker image').fill('sallyport/desktop:1');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Edit Chromium' }).click();
  await page.getByLabel('Restrict Image to Docker Network').check();
  await page.getByRole('button', { name: 'Save' }).click();
  // Restricted to none: the server refuses, and the sentence is at the field.
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('networks');
});

test('an image says by which address its sessions leave, and people choose where it lets them', async () => {
  const { page } = await visit();
  await signIn(page, stage.password);
  await page.getByRole('link', { name: 'Images', exact: true }).click();
  await page.getByRole('button', { name: 'Add image' }).click();
  await page.getByLabel('Friendly name').fill('Chooser');
  await page.getByLabel('Docker image').fill('sallyport/desktop:1');
  await page.getByRole('combobox', { name: 'Egress address of a session' }).click();
  await page.getByRole('option', { name: 'People choose when they start a session' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Edit Chooser' }).click();
  expect(
    await page.getByRole('combobox', { name: 'Egress address of a session' }).inputValue(),
  ).toBe('People choose when they start a session');
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  const card = page.getByRole('article').filter({ hasText: 'Chooser' });
  await card.getByLabel('By an address of its own').check();
  expect(await findBarriers(page)).toEqual([]);
});

test('what the page may load is its own', async () => {
  const { page } = await visit({}, [expect.stringContaining('Executing inline script')]);
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await signIn(page, stage.password);
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  expect([...hosts]).toEqual([stage.url]);
  const blocked = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.intruder = true';
    document.body.append(script);
    return !('intruder' in globalThis);
  });
  expect(blocked).toBe(true);
});

const WIDTHS = [
  { width: 390, dark: true },
  { width: 2560, dark: false },
];
test.each(WIDTHS)(
  'every page at $width pixels: no barrier, nothing beside the window',
  async (look) => {
    const { page } = await visit(look, [
      '404 GET /api/v1/sessions/new',
      '404 POST /api/v1/shares/open',
    ]);
    await page.goto(PAGES.signIn);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await signIn(page, stage.password);
    await page.getByRole('heading', { name: 'Start a session' }).waitFor();
    for (const path of Object.values(PAGES).filter((one) => one !== PAGES.signIn)) {
      await page.goto(path.replace('{id}', 'new'));
      await settle(page);
      expect(await findBarriers(page), path).toEqual([]);
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      expect(await wideLists(page), path).toEqual([]);
    }
  },
);

test('on a phone a row shows its actions; the control is laid out as a wide table', async () => {
  const { page } = await visit({ width: 390 });
  await signIn(page, stage.password);
  await page.getByRole('heading', { name: 'Start a session' }).waitFor();
  await page.goto(PAGES.users);
  const edit = page.getByRole('button', { name: 'Edit admin' });
  await edit.waitFor();
  const box = await edit.boundingBox();
  expect(box === null ? Infinity : box.x + box.width).toBeLessThanOrEqual(390);
  expect(await wideLists(page)).toEqual([]);
  await page.evaluate(() => {
    const table = document.querySelector<HTMLElement>('section.list table');
    if (table !== null) table.style.minWidth = '50rem';
  });
  expect(await wideLists(page)).toEqual(['Users']);
});

test('what goes wrong in a browser is found', async () => {
  const person = await openPerson(stage);
  onTestFinished(() => person.context.close());
  const { page, complaints } = person;
  await page.goto(PAGES.signIn);
  await heading(person, 'Sign in').waitFor();
  expect(complaints).toEqual([]);
  await page.route('**/broken', (route) => route.abort('failed'));
  await page.evaluate(async () => {
    console.error('told');
    setTimeout(() => {
      throw new Error('thrown');
    });
    await fetch('/missing');
    await fetch('/broken').catch(() => undefined);
  });
  await expect
    .poll(() => complaints.toSorted())
    .toEqual(['404 GET /missing', 'Error: thrown', 'net::ERR_FAILED GET /broken', 'told']);
});

test('a barrier is found where there is one', async () => {
  const { page } = await visit();
  await page.goto(PAGES.signIn);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(() => document.body.append(document.createElement('button')));
  expect((await findBarriers(page)).join()).toContain('button-name');
});
