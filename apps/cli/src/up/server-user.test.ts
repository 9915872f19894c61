import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertProgramReadable, ensureServerFolder, findServerUser } from './server-user.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-user-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test.each([
  ['root:x:0:0::/root:/bin/sh\nsallyport:x:990:985::/:/bin/false\n', { uid: 990, gid: 985 }],
  ['sallyport-x:x:990:985::/:\nxsallyport:x:1:1::/:\n', { uid: 60_800, gid: 60_800 }],
  // Whoever has given that name to root did not mean it.
  ['sallyport:x:0:0::/:/bin/sh\n', { uid: 60_800, gid: 60_800 }],
])('of %j: %j', async (text, wanted) => {
  const passwd = join(await makeFolder(), 'passwd');
  await writeFile(passwd, text);
  expect(await findServerUser(passwd)).toEqual(wanted);
});

test('a program behind a private folder is refused, and the folder named', async () => {
  const folder = await makeFolder();
  const program = join(folder, 'main.ts');
  await writeFile(program, '');
  await chmod(folder, 0o700);
  await expect(assertProgramReadable(program)).rejects.toThrow(`enter or read ${folder}`);
  await chmod(folder, 0o755);
  await expect(assertProgramReadable(program)).resolves.toBeUndefined();
});

test('the folder is for the server alone, and one of somebody else is not taken', async () => {
  const folder = join(await makeFolder(), 'server');
  const { uid = 0, gid = 0 } = { uid: process.getuid?.(), gid: process.getgid?.() };
  await ensureServerFolder(folder, { uid, gid });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await ensureServerFolder(folder, { uid, gid });
  const foreign = join(folder, 'foreign');
  await mkdir(foreign);
  const other = { uid: uid + 1, gid };
  await expect(ensureServerFolder(foreign, other)).rejects.toMatchObject({ code: 'host_refused' });
});
