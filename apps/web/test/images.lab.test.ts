import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBarriers, openPerson, type Person, signIn } from './person.ts';
import { openStage, type Stage } from './stage.ts';

/* The image's form: every field there and back, what is refused at its field, and a session to try it. */

/** The smallest PNG. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let stage: Stage;
let admin: Person;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** The administrator in front of an empty form. */
async function openForm(name: string) {
  admin = await openPerson(stage);
  const { page, context } = admin;
  onTestFinished(() => context.close());
  await signIn(page, stage.password);
  await page.getByRole('link', { name: 'Images', exact: true }).click();
  await page.getByRole('button', { name: 'Add image' }).click();
  await page.getByLabel('Friendly name').fill(name);
  await page.getByLabel('Docker image', { exact: false }).first().fill('sallyport/desktop:1');
  return page;
}

test('every field of an image is kept, and widening needs a yes', async () => {
  const page = await openForm('Full');
  await page.getByLabel('GPUs').fill('2');
  await page.getByLabel('Launch commands (JSON)').fill('{"everyStart":{"command":["xset","r"]}}');
  await page.getByRole('button', { name: 'Add volume' }).click();
  await page.getByLabel('Path on the host, volume 1').fill('/srv/data');
  await page.getByLabel('Path in the container, volume 1').fill('data');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'card.png', mimeType: 'image/png', buffer: PNG });
  await page.getByAltText('The picture of this image').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('must be an absolute path').first().waitFor();
  expect(
    await page.getByLabel('Path in the container, volume 1').getAttribute('aria-invalid'),
  ).toBe('true');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByLabel('Path in the container, volume 1').fill('/data');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('widening_unconfirmed').waitFor();
  await page.getByLabel('I agree that this widens').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Edit Full' }).click();
  expect(await page.getByLabel('GPUs').inputValue()).toBe('2');
  expect(await page.getByLabel('Launch commands (JSON)').inputValue()).toContain('"everyStart"');
  expect(await page.getByLabel('Path in the container, volume 1').inputValue()).toBe('/data');
  expect(await page.getByLabel('Read only').isChecked()).toBe(true);
  expect(await page.getByAltText('The picture of this image').getAttribute('src')).toBe(
    `data:image/png;base64,${PNG.toString('base64')}`,
  );
});

test('an editor says at once what is wrong with its text, and nothing is sent', async () => {
  const page = await openForm('Broken');
  const editor = page.getByLabel('Docker run configuration (JSON)');
  await editor.fill('{"hostname": "desk",}');
  await page.getByText('is not JSON').waitFor();
  await editor.fill('{"hostnam": "desk"}');
  await page.getByText('hostnam is not known').waitFor();
  let sent = 0;
  await page.route('**/api/v1/images', (route) => {
    if (route.request().method() === 'POST') sent += 1;
    return route.continue();
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForTimeout(300);
  expect(sent).toBe(0);
  await editor.fill('{"hostname": "not a host"}');
  await page.getByRole('button', { name: 'Save' }).click();
  // What only the server knows stands at the field, too.
  await page.getByRole('alert').waitFor();
  expect(sent).toBe(1);
  expect(await editor.getAttribute('aria-invalid')).toBe('true');
});

test('“try it” saves once, starts a session, and leads to it', async () => {
  const page = await openForm('Trial');
  await page.getByRole('button', { name: 'Try it' }).click();
  // Nothing can be started here: that is told beside the image, which is saved.
  await page.getByRole('heading', { name: 'Edit Trial', level: 1 }).waitFor();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('agent_unreachable');
  const id = 'f3b0c6de-8f5c-4d70-9a35-6b6f5a7f9d11';
  await page.route('**/api/v1/sessions', (route) =>
    route.fulfill({ status: 201, json: { id, imageName: 'Trial' } }),
  );
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.waitForURL(`**/sessions/${id}`);
});
