import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readOidcConfig } from './oidc-config.ts';

/** Both files; the secret's has this mode. */
async function files(yaml: (secret: string) => string, { mode = 0o640, secret = 's3cret\n' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oidc-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, secret);
  await chmod(secretFile, mode);
  const file = join(folder, 'oidc.yaml');
  await writeFile(file, yaml(secretFile));
  return file;
}

const complete = (secret: string): string => `issuer: https://id.example.org
clientId: sallyport
clientSecretFile: ${secret}
publicUrl: https://desk.example.org
groups: { desk: Desktops }
`;

test('is read with its defaults, and with the secret of its own file', async () => {
  const config = await readOidcConfig(await files(complete));
  expect(config).toMatchObject({
    clientSecret: 's3cret',
    name: 'Single sign-on',
    scopes: ['openid', 'profile', 'email'],
    groupsClaim: 'groups',
    groups: { desk: 'Desktops' },
    createUsers: false,
  });
  expect(config.issuer.href).toBe('https://id.example.org/');
});

const WRONG: Readonly<Record<string, readonly [(secret: string) => string, string, object?]>> = {
  'a secret in the file': [(s) => `${complete(s)}clientSecret: x\n`, 'clientSecret'],
  'no issuer': [(s) => complete(s).replace(/^issuer.*\n/, ''), 'issuer: is missing'],
  'plain http': [(s) => complete(s).replace('https://id', 'http://id'), 'https://'],
  'no YAML': [() => 'issuer: [', 'no YAML'],
  'a secret that everybody may read': [complete, 'Everybody may read', { mode: 0o644 }],
  'an empty secret': [complete, 'is empty', { secret: '\n' }],
  'a file that is not there': [() => complete('/nonexistent/secret'), 'can not be read'],
};

test.each(Object.entries(WRONG))('%s is refused with the reason', async (_, wrong) => {
  const [yaml, sentence, more = {}] = wrong;
  const error = await readOidcConfig(await files(yaml, more)).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(sentence) as string,
  });
});

test('on the machine itself the provider may speak plain http', async () => {
  const local = await files((s) =>
    complete(s).replace('https://id.example.org', 'http://127.0.0.1:9000'),
  );
  expect((await readOidcConfig(local)).issuer.port).toBe('9000');
});
