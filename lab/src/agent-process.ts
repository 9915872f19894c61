import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient, type Transport } from '@sallyport/contract/client';
import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { SallyportError } from '@sallyport/contract/errors';
import type { Lab } from './lab.ts';
import type { NamespaceProcess } from './namespace-handle.ts';
import { isAlive } from './process/identity.ts';

/** The one entry of the product, as everybody starts it. */
const SALLYPORT = join(import.meta.dirname, '..', '..', 'bin', 'sallyport');
const START_MS = 20_000;

/** The command line that runs the agent. */
export const AGENT: readonly string[] = [SALLYPORT, 'agent', 'run'];

/** How the agent is started. */
export interface AgentOptions {
  /** More arguments of `sallyport agent run`. */
  readonly args?: readonly string[];
  /** More environment, for example another DOCKER_HOST. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The product's agent as a process in the lab's host, and a client of its socket. */
export class AgentProcess {
  readonly call: Client;
  readonly stateDir: string;
  readonly #lab: Lab;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #process: NamespaceProcess | null = null;
  #starts = 0;

  constructor(lab: Lab, { args = [], env = {} }: AgentOptions = {}) {
    this.#lab = lab;
    this.stateDir = lab.layout.agentStateDir;
    this.#args = args;
    this.#env = env;
    const transport = unixTransport(lab.layout.agentSocket);
    this.call = createClient<typeof ENDPOINTS>(ENDPOINTS, { name: 'agent', transport });
  }

  /**
   * Starts it and waits until it answers. @throws Error with its log when it does not
   * @param command the product's agent, with something in front of it, or another program in its place
   */
  async start(command: readonly string[] = AGENT): Promise<void> {
    this.#starts += 1;
    const role = `agent-${this.#starts}`;
    const [program = '', ...args] = [...command, ...this.#args];
    this.#process = await this.#lab.host.spawn(program, args, { role, env: this.#env });
    const { logFile } = this.#process;
    const end = Date.now() + START_MS;
    while (!(await this.#answers())) {
      if (Date.now() > end)
        throw new Error(`the agent did not start: ${await readFile(logFile, 'utf8')}`);
      await sleep(50);
    }
  }

  /** Warnings and errors of its log since it was started last, and what it printed outside of the log. */
  async complaints(): Promise<readonly string[]> {
    const log = this.#process === null ? '' : await readFile(this.#process.logFile, 'utf8');
    return log.split('\n').filter((line) => line !== '' && !/"level":[123]0,/.test(line));
  }

  /** Its process id. @throws Error when it was never started */
  get pid(): number {
    if (this.#process === null) throw new Error('the agent was not started');
    return this.#process.identity.pid;
  }

  /** Lets a stopped one go on; false when it does not run. */
  async wake(): Promise<boolean> {
    if (!this.alive) return false;
    this.signal('SIGCONT');
    return this.#answers();
  }

  /** SIGTERM, and waits for its end. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** Whether it runs, stopped or not. */
  get alive(): boolean {
    return this.#process !== null && isAlive(this.#process.identity);
  }

  /** Does not wait. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    process.kill(this.pid, name);
  }

  /** Runs the command line to its end, whatever its exit code. */
  run(...args: readonly string[]): ReturnType<Lab['host']['tryExec']> {
    return this.#lab.host.tryExec(SALLYPORT, args, { env: this.#env });
  }

  async #answers(): Promise<boolean> {
    try {
      await this.call('host', {});
      return true;
    } catch (error) {
      // One that can't read its host answers too, and says so with a code of the contract.
      return error instanceof SallyportError && error.code !== 'agent_unreachable';
    }
  }
}

const http = process.getBuiltinModule('node:http');

function unixTransport(socketPath: string): Transport {
  return ({ method, path, headers, text: payload }) =>
    new Promise((resolve, reject) => {
      // A connection each: a kept one may be closed by the agent at the moment at which it is used again.
      const options = { socketPath, method, path, headers, agent: false };
      const request = http.request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      request.on('error', reject);
      request.end(payload);
    });
}
