import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFakeServer } from './fake-server.ts';
import { type RealServer, startRealServer } from './real-server.ts';
import { runCli } from './run-cli.ts';
import { SERVER_ANSWERS } from './server-samples.ts';

let server: RealServer;
let credentialsFile: string;
let logins = 0;
beforeAll(async () => {
  server = await startRealServer();
});
afterAll(() => server.close());
beforeEach(() => {
  logins += 1;
  credentialsFile = join(server.folder, `logins-${logins}`, 'credentials.json');
});

const login = (words: readonly string[], more: Parameters<typeof runCli>[1] = {}) =>
  runCli(['login', server.url, ...words], { credentialsFile, ...more });
const kept = (): Promise<string> => readFile(credentialsFile, 'utf8');

test('a password that is typed is not shown and not kept; the login serves until logout', async () => {
  const outcome = await login([], { typed: ['Admin ', server.password] });
  expect(outcome).toMatchObject({ code: 0 });
  expect(outcome.stdout).toBe(`Signed in at ${server.url} as admin, for 12 hours.\n`);
  expect(outcome.stderr).toBe(`User: Admin \nPassword of Admin at ${server.url}: \n`);
  expect(await kept()).not.toContain(server.password);
  expect((await stat(credentialsFile)).mode & 0o777).toBe(0o600);
  expect((await stat(join(credentialsFile, '..'))).mode & 0o777).toBe(0o700);

  const who = await runCli(['whoami', '--json'], { credentialsFile });
  expect(JSON.parse(who.stdout)).toMatchObject({ server: server.url, name: 'admin' });
  expect(who.stdout).not.toContain('csrf');

  const before = await kept();
  const out = await runCli(['logout'], { credentialsFile });
  expect(out).toMatchObject({ code: 0, stdout: `Signed out at ${server.url}.\n` });
  expect(JSON.parse(await kept())).toEqual({ version: 1, current: null, servers: {} });

  // The server has ended it: the former file does not help either.
  await writeFile(credentialsFile, before);
  const over = await runCli(['whoami'], { credentialsFile });
  expect(over.code).toBe(4);
  expect(over.stderr).toContain(`Sign in again: sallyport login ${server.url}`);
});

test.each([
  ['standard input', ['--password-file', '-']],
  ['a file', ['--password-file', 'FILE']],
])('a password from %s', async (_, words) => {
  const file = join(server.folder, 'password');
  await writeFile(file, `${server.password}\nnot this line\n`);
  const typed = words.map((word) => (word === 'FILE' ? file : word));
  const stdin = `${server.password}\n`;
  const outcome = await login(['--user', 'admin', ...typed, '--json'], { stdin });
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(outcome.stdout)).toEqual({ server: server.url, user: 'admin' });
});

test('a key signs in, is named by nothing but its file, and is forgotten by logout', async () => {
  await login([], { typed: ['admin', server.password] });
  const made = await runCli(['key', 'create', 'ci', '--scope', 'users.read', '--json'], {
    credentialsFile,
  });
  const { key } = JSON.parse(made.stdout) as { readonly key: string };
  expect(await login(['--key-file', '-'], { stdin: `${key}\n` })).toMatchObject({ code: 0 });
  expect((await runCli(['user', 'list'], { credentialsFile })).code).toBe(0);
  const groups = await runCli(['group', 'list'], { credentialsFile });
  expect(groups.code).toBe(4);
  expect(groups.stderr).toContain('This needs the permission groups.read');
  const more = await runCli(['key', 'create', 'more'], { credentialsFile });
  expect(more.stderr).toContain('An API key is not enough for this.\n  Sign in with a password');
  await runCli(['logout'], { credentialsFile });
  expect(await kept()).not.toContain(key);
  // It still works: only its owner's `key delete` ends it.
  const env = await runCli(['user', 'list'], { apiKey: key, server: server.url });
  expect(env.code).toBe(0);
});

test('a second factor is asked for, and its code taken from the line', async () => {
  await login([], { typed: ['admin', server.password] });
  const create = ['user', 'create', 'tess', '--password-file', '-'];
  const stdin = 'a long enough password\n';
  expect((await runCli(create, { credentialsFile, stdin })).code).toBe(0);
  const secret = await turnSecondFactorOn(server.url, 'tess', 'a long enough password');

  const words = ['--user', 'tess', '--password-file', '-'];
  const without = await login(words, { stdin });
  expect(without.code).toBe(4);
  expect(without.stderr).toContain('--code CODE');
  const asked = await login(words, { stdin, typed: [totp(secret, Date.now() + 30_000)] });
  expect(asked).toMatchObject({ code: 0 });
  expect(asked.stderr).toMatch(/^Code of the second factor: \d{6}\n$/);
  const wrong = await login([...words, '--code', '000000'], { stdin });
  expect(wrong.code).toBe(4);
});

describe('refused', () => {
  test.each([
    [['login', 'ftp://x'], 2, 'URL: "ftp://x" is not the address of a server'],
    [['login', 'localhost:8080'], 2, 'is not the address of a server'],
    [['login', 'http://127.0.0.1/page'], 2, 'has more than a host and a port'],
    [['login', 'http://192.0.2.7'], 2, 'whoever is on the way reads the password'],
    [['login'], 2, '--user: is missing, and there is no terminal to ask at'],
    [['login', '--user', 'a'], 2, '--password-file: is missing'],
    [['login', '--user', 'a', '--password-file', '/nonexistent'], 2, 'can not be read'],
    [['login', '--user', 'a', '--password-file', '-'], 2, 'is empty'],
    [['login', '--user', 'a', '--key-file', '-'], 2, '--user: and --key-file exclude each other'],
    [['login', '--key-file', '-'], 2, '--key-file: "-" is empty'],
    [['user', 'list', '--server', 'x'], 2, '--server: "x" is not the address'],
    [['user', 'list', '--server', 'http://127.0.0.1:1'], 4, 'Nobody is signed in at'],
  ])('%j ends with %i', async (words, code, sentence) => {
    const people = await runCli(words, { credentialsFile });
    expect(people.stderr).toContain(sentence);
    expect(people.code).toBe(code);
    const scripts = await runCli([...words, '--json'], { credentialsFile });
    expect(scripts).toMatchObject({ code, stderr: '' });
  });

  test('a key that can be none', async () => {
    const { code, stderr } = await runCli(['whoami'], { credentialsFile, apiKey: 'a\nb' });
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain('SALLYPORT_API_KEY: does not hold an API key');
  });

  test('a wrong password', async () => {
    const outcome = await login(['--user', 'admin', '--password-file', '-'], { stdin: 'wrong' });
    expect(outcome.code).toBe(4);
    await expect(kept()).rejects.toThrow('ENOENT');
  });

  test('a server that is not there, or is something else', async () => {
    const setting = { apiKey: 'k', credentialsFile };
    const none = await runCli(['whoami', '--server', 'http://127.0.0.1:1'], setting);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain('nobody listens there');
    const tls = await runCli(['whoami', '--server', server.url.replace('http', 'https')], setting);
    expect(tls.code).toBe(3);
    const other = createServer((_, response) => response.end('<html>'));
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const page = await runCli(['whoami', '--server', `http://127.0.0.1:${port}`], setting);
    other.close();
    expect(page.code).toBe(3);
    expect(page.stderr).toContain('is no Sallyport server');
  });

  test('a file of logins that others can read, or that is something else', async () => {
    await login([], { typed: ['admin', server.password] });
    await chmod(credentialsFile, 0o640);
    const open = await runCli(['whoami'], { credentialsFile });
    expect(open).toMatchObject({ code: 2 });
    expect(open.stderr).toContain(
      `can be read by others.\n  Make it private: chmod 600 ${credentialsFile}`,
    );
    await chmod(credentialsFile, 0o600);
    await writeFile(credentialsFile, '{"servers": 7}');
    expect((await runCli(['whoami'], { credentialsFile })).code).toBe(2);
  });
});

test('a login goes to its own server and to no other', async () => {
  await login([], { typed: ['admin', server.password] });
  const stranger = await startFakeServer(SERVER_ANSWERS);
  const outcome = await runCli(['whoami', '--server', stranger.url], { credentialsFile });
  stranger.close();
  expect(outcome.code).toBe(4);
  expect(stranger.asked).toEqual([]);
});

test('changes by a login carry its proof, and the version that was read', async () => {
  const fake = await startFakeServer({ ...SERVER_ANSWERS, updateGroup: () => undefined });
  await runCli(['login', fake.url, '--user', 'a', '--password-file', '-'], {
    credentialsFile,
    stdin: 'x',
  });
  await runCli(['group', 'update', 'research', '--setting', 'maxSessions=inherit'], {
    credentialsFile,
  });
  fake.close();
  expect(fake.asked.at(-1)).toMatchObject({
    endpoint: 'updateGroup',
    headers: {
      cookie: 'sallyport=the-login',
      'sallyport-csrf': 'secret-of-the-login',
      'if-match': '"3"',
    },
    input: { body: { settings: { clipboardOut: false, allowedNetworks: ['z_custom_a'] } } },
  });
  expect(fake.asked.at(-1)?.input).not.toHaveProperty('body.settings.maxSessions');
});

test('on a real terminal the password is not echoed', async () => {
  const program = fileURLToPath(new URL('../../../bin/sallyport', import.meta.url));
  const env = { ...process.env, XDG_CONFIG_HOME: join(server.folder, 'terminal') };
  const line = `'${program}' login ${server.url}`;
  const terminal = spawn('script', ['-qfec', line, '/dev/null'], { env });
  let screen = '';
  terminal.stdout.on('data', (chunk) => {
    screen += String(chunk);
    // As a person does: the line after the question.
    if (screen.endsWith('User: ')) terminal.stdin.write('admin\r');
    if (screen.endsWith(`Password of admin at ${server.url}: `)) {
      terminal.stdin.write(`${server.password}\r`);
    }
  });
  const [code] = (await once(terminal, 'close')) as [number];
  expect(screen).toContain('Signed in at');
  expect(screen).not.toContain(server.password);
  expect(code).toBe(0);
});

/** As a person does it with an authenticator. @returns its secret */
async function turnSecondFactorOn(url: string, name: string, password: string): Promise<string> {
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    return { cookie, body: (await answer.json()) as Record<string, string> };
  };
  const { cookie, body } = await post('sign-in', { name, password });
  const proof = { cookie, 'sallyport-csrf': body['csrfToken'] ?? '' };
  const begun = await post('me/second-factor', { password }, proof);
  const secret = begun.body['secret'] ?? '';
  await post('me/second-factor/confirm', { code: totp(secret, Date.now()) }, proof);
  return secret;
}

/** RFC 6238 with SHA-1, six digits, 30 seconds. */
function totp(secret: string, at: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = Array.from(secret.replace(/=+$/, ''), (letter) =>
    alphabet.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
