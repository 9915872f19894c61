import type { Finding } from '@sallyport/contract/host';
import type { NetworkSpec } from '@sallyport/core/network';
import type { OwnProcess } from '../ports/own-process.ts';
import { findAdoptable } from '../networks/adoptable.ts';
import type { HostPorts } from '../execute/executors.ts';
import { takenPrefixes } from '../networks/refusals.ts';
import { hasDockersRules } from '../plan/plan-docker-user.ts';
import { resolve } from '../plan/resolve.ts';
import {
  checkDocker,
  checkDockerChains,
  checkNft,
  checkState,
  type ToolFacts,
} from './check-programs.ts';
import {
  checkForwarding,
  checkReversePath,
  checkBridgeNetfilter,
  readKernel,
} from './check-kernel.ts';
import { checkPermissions, checkStateDir } from './check-process.ts';
import { checkAdoptable, checkHostNetwork, checkNatRules, checkOverlaps } from './check-others.ts';

interface DoctorServiceOptions {
  readonly ports: HostPorts;
  readonly specs: () => readonly NetworkSpec[];
  readonly lost: () => string | null;
  readonly own: OwnProcess;
}

/** Looks for everything that keeps packets from leaving as they should, with the remedy for each. */
export class DoctorService {
  readonly #options: DoctorServiceOptions;

  constructor(options: DoctorServiceOptions) {
    this.#options = options;
  }

  /** What would keep the agent from working at all, as far as it can be seen before there is any network. */
  async examineItself(): Promise<Finding[]> {
    const { ports, own } = this.#options;
    const findings = await Promise.all([
      readTools(ports).then(checkNft),
      own.capabilities().then(checkPermissions),
      own.stateDir().then(checkStateDir),
    ]);
    return findings.filter(({ level }) => level !== 'ok');
  }

  async examine(): Promise<Finding[]> {
    const { ports, specs, lost, own } = this.#options;
    const [tools, { links, routes }, docker, natRules, hasChains, containers] = await Promise.all([
      readTools(ports),
      ports.routing.observe(),
      ports.docker.networks().catch(() => []),
      ports.iptables.natRules().catch(() => []),
      hasDockersChains(ports).catch(() => false),
      ports.docker.runningContainers().catch(() => []),
    ]);
    const networks = specs();
    const { networks: resolved, roles } = resolve(networks, { links, routes, docker }, []);
    const kernel = await readKernel(
      ports.sysctl,
      roles.uplinks.map(({ name }) => name),
    );
    return [
      checkState(lost()),
      checkStateDir(await own.stateDir()),
      checkPermissions(await own.capabilities()),
      checkNft(tools),
      checkDocker(tools),
      checkDockerChains(tools, hasChains),
      checkForwarding(kernel, networks.length > 0),
      checkReversePath(kernel, { resolved, routes }),
      checkBridgeNetfilter(kernel),
      ...checkNatRules(networks, natRules),
      ...checkOverlaps(networks, takenPrefixes({ specs: [], links, routes, docker })),
      ...checkHostNetwork(containers),
      ...checkAdoptable(findAdoptable(docker, networks, natRules)),
    ];
  }
}

async function hasDockersChains({ iptables }: HostPorts): Promise<boolean> {
  const [rules, forward] = await Promise.all([iptables.dockerUserRules(), iptables.forwardChain()]);
  return rules !== null && forward !== null && hasDockersRules(forward);
}

async function readTools({ nft, docker, conntrack }: HostPorts): Promise<ToolFacts> {
  const text = (promise: Promise<string>) =>
    promise.then(
      (version) => ({ version, error: null }),
      (error: unknown) => ({
        version: null,
        error: String(error instanceof Error ? error.message : error),
      }),
    );
  const [nftVersion, dockerVersion, conntrackVersion] = await Promise.all([
    text(nft.version()),
    text(docker.version().then(({ version, apiVersion }) => `${version} (API ${apiVersion})`)),
    text(conntrack.version()),
  ]);
  return { nft: nftVersion, docker: dockerVersion, conntrack: conntrackVersion };
}
