import { createBootLoader } from './adapters/boot-loader.ts';
import { createConntrackCli } from './adapters/conntrack-cli.ts';
import { createDockerEngine } from './adapters/docker-engine.ts';
import { createFileStore } from './adapters/file-store.ts';
import { createIpCli } from './adapters/ip-cli.ts';
import { createIptablesCli } from './adapters/iptables-cli.ts';
import { createNftCli } from './adapters/nft-cli.ts';
import { createProcSysctl } from './adapters/proc-sysctl.ts';
import { createTcCli } from './adapters/tc-cli.ts';
import type { HostPorts } from './execute/executors.ts';
import type { StateStore } from './ports/store.ts';
import { run } from './adapters/run.ts';
import type { AgentConfig } from './config.ts';

/** The adapters by which the agent and its one-shot commands touch the host. */
export function createHostAdapters(config: AgentConfig) {
  const ports: HostPorts = {
    nft: createNftCli(run),
    routing: createIpCli(run),
    docker: createDockerEngine(config.dockerHost),
    conntrack: createConntrackCli(run),
    sysctl: createProcSysctl(),
    iptables: createIptablesCli(run),
    shaping: createTcCli(run),
  };
  return { ports, bootLoader: createBootLoader(run) };
}

export function createStore(config: AgentConfig) {
  return createFileStore(config.stateDir);
}

/** Everything by which the agent changes anything: the host, and what is stored. */
export interface AgentParts {
  readonly ports: HostPorts;
  readonly store: StateStore;
}

export function createParts(config: AgentConfig): AgentParts {
  return { ports: createHostAdapters(config).ports, store: createStore(config) };
}
