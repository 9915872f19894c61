import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';
import { startInBackground } from './process/background.ts';
import { isAlive, type ProcessIdentity } from './process/identity.ts';
import { recordProcess } from './process/records.ts';
import { type RunResult, tryRun } from './process/run.ts';
import { terminate } from './process/terminate.ts';

const SALLYPORT = join(import.meta.dirname, '..', '..', 'bin', 'sallyport');
const START_MS = 20_000;
const GRACE_MS = 5_000;
/** Debian's `nobody`, and the group of the agent's socket. */
const NOBODY = 65_534;
const SOCKET_GROUP = 0;
const UNPRIVILEGED = [
  `--regid=${SOCKET_GROUP}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--bounding-set=-all',
  '--no-new-privs',
];

/**
 * Nobody, or root without any capability where nobody may not read this folder, as below /root: then the
 * server can do no more than the owner of its files.
 */
async function observeUser(): Promise<number> {
  const asNobody = [`--reuid=${NOBODY}`, ...UNPRIVILEGED, 'test', '-r', SALLYPORT];
  return (await tryRun('setpriv', asNobody)).code === 0 ? NOBODY : 0;
}

/**
 * The product's server beside a lab, with the agent in the lab's host, and its command line. It listens on
 * this machine's loopback, where a browser finds it; the lab's host has a network of its own.
 */
export class ServerProcess {
  readonly #lab: Lab;
  readonly #name: string;
  readonly #stateDir: string;
  #identity: ProcessIdentity | null = null;
  #starts = 0;
  #url = '';
  #password = '';

  /** @param name of its database and its logs; another one is another server */
  constructor(lab: Lab, name = 'server') {
    this.#lab = lab;
    this.#name = name;
    this.#stateDir = join(lab.layout.dataDir, name);
  }

  /** Where it is reached. */
  get url(): string {
    return this.#url;
  }

  /** Of the first administrator, `admin`. */
  get password(): string {
    return this.#password;
  }

  /**
   * Starts it without privileges and waits until it listens. @throws Error with its log when it does not
   * @param args more arguments of `sallyport server run`
   */
  async start(args: readonly string[] = []): Promise<void> {
    const user = await observeUser();
    await mkdir(this.#stateDir, { recursive: true, mode: 0o700 });
    await chown(this.#stateDir, user, SOCKET_GROUP);
    const { runDir } = this.#lab.layout;
    this.#starts += 1;
    const role = `${this.#name}-${this.#starts}`;
    const logFile = join(runDir, `${role}.log`);
    const places = ['--state-dir', this.#stateDir, '--agent-socket', this.#lab.layout.agentSocket];
    const port = this.#url === '' ? '0' : new URL(this.#url).port;
    const command = [SALLYPORT, 'server', 'run', '--listen', `127.0.0.1:${port}`, ...places];
    this.#identity = await startInBackground(
      'setpriv',
      [`--reuid=${user}`, ...UNPRIVILEGED, ...command, ...args],
      // Another place for compiled code than root's, which nobody may not write.
      { logFile, cwd: '/', env: { NODE_COMPILE_CACHE: join(this.#stateDir, 'compiled') } },
    );
    await recordProcess(runDir, role, this.#identity);
    const end = Date.now() + START_MS;
    for (;;) {
      const log = await readFile(logFile, 'utf8');
      const [, ready] = /"port":(\d+).*"msg":"ready"/.exec(log) ?? [];
      const [, password] = /with the password (\S+)/.exec(log) ?? [];
      if (password !== undefined) this.#password = password;
      if (ready !== undefined) {
        this.#url = `http://127.0.0.1:${ready}`;
        return;
      }
      if (Date.now() > end || !isAlive(this.#identity))
        throw new Error(`the server did not start: ${log}`);
      await sleep(50);
    }
  }

  /** SIGTERM, and waits for its end. */
  async stop(): Promise<void> {
    if (this.#identity !== null) await terminate(this.#identity, GRACE_MS);
  }

  /** Ends it in the middle of whatever it does, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#identity === null) return;
    process.kill(this.#identity.pid, 'SIGKILL');
    while (isAlive(this.#identity)) await sleep(10);
  }

  /** Signs the command line in as the first administrator. @throws Error */
  async login(): Promise<void> {
    const file = join(this.#lab.layout.runDir, 'password');
    await writeFile(file, `${this.#password}\n`, { mode: 0o600 });
    const { code, stderr } = await this.run(
      'login',
      this.#url,
      '--user',
      'admin',
      '--password-file',
      file,
    );
    if (code !== 0) throw new Error(`can not sign in: ${stderr}`);
  }

  /** Runs the command line against it to its end, whatever its exit code. */
  run(...args: readonly string[]): Promise<RunResult> {
    return tryRun(SALLYPORT, args, {
      timeoutMs: 120_000,
      env: {
        SALLYPORT_SERVER: this.#url,
        XDG_CONFIG_HOME: join(this.#lab.layout.runDir, 'config'),
      },
    });
  }
}
