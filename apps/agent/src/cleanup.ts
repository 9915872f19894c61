import { acquireAgentLock } from './adapters/agent-lock.ts';
import { createHostAdapters, createStore } from './compose-host.ts';
import type { AgentConfig } from './config.ts';
import { LABEL_MANAGED } from './constants.ts';
import { executeStep, type HostPorts } from './execute/executors.ts';
import { planCleanup } from './plan/plan-cleanup.ts';

/** As "refused by state" in docs/errors.md. */
const IN_USE = 4;

/**
 * Removes all that agents have made on this host. Needs no memory: it finds what is ours by labels,
 * by the table's name and by our ranges of rules and routing tables. What is stored is put aside, so
 * that neither the next boot nor the next agent makes it all anew. While containers use a network of
 * ours, nothing is removed.
 */
export async function cleanup(config: AgentConfig): Promise<number> {
  const lock = acquireAgentLock();
  try {
    const { ports } = createHostAdapters(config);
    const inUse = await networksInUse(ports);
    if (inUse.length > 0) {
      process.stderr.write(
        `Nothing was removed: containers still use ${inUse.join(', ')}. Remove them first.\n`,
      );
      return IN_USE;
    }
    await removeAll(ports);
    await createStore(config).retire();
    return 0;
  } finally {
    lock.release();
  }
}

async function removeAll(ports: HostPorts): Promise<void> {
  const { rules, routes } = await ports.routing.observe();
  const steps = planCleanup({
    table: await ports.nft.listTable(),
    rules,
    routes,
    docker: await ports.docker.networks(),
    dockerUser: await ports.iptables.dockerUserRules(),
    shapes: await ports.shaping.observe(),
  });
  for (const step of steps) {
    process.stdout.write(`${step.why.replaceAll('; ', '\n')}\n`);
    await executeStep(step, ports);
  }
  process.stdout.write(
    steps.length === 0 ? 'Nothing of an agent is on this host.\n' : 'Everything is removed.\n',
  );
}

async function networksInUse({ docker }: HostPorts): Promise<readonly string[]> {
  const ours = (await docker.networks()).filter(
    ({ labels }) => labels[LABEL_MANAGED] !== undefined,
  );
  const attached = await Promise.all(
    ours.map(async ({ id, name }) => ((await docker.attached(id)).length > 0 ? [name] : [])),
  );
  return attached.flat();
}
