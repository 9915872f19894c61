import type { Change } from '@sallyport/contract/document';
import type { NETWORK_ENDPOINTS } from '@sallyport/contract/server/network-endpoints';
import { assertNetworkUnused, changeNetwork, type NetworkWorld } from '../networks/networks.ts';
import type { ServerHandlers } from './contract-types.ts';

/** Networks and the host: the agent's answers, with the server's rights and log before them. */
export function networkHandlers(
  services: NetworkWorld,
): Pick<ServerHandlers, keyof typeof NETWORK_ENDPOINTS> {
  const { agent, db } = services;
  return {
    listNetworks: ({ caller }) => agent.as(caller.actor.name)('listNetworks', {}),
    createNetwork: ({ caller, body }) =>
      changeNetwork(
        services,
        { caller, action: 'network.create', name: body.name, details: body },
        (client) => client('createNetwork', { body }),
      ),
    showNetwork: ({ caller, params }) => agent.as(caller.actor.name)('showNetwork', { params }),
    updateNetwork: ({ caller, params, body }) =>
      changeNetwork(
        services,
        { caller, action: 'network.update', name: params.name, details: body },
        (client) => client('updateNetwork', { params, body }),
      ),
    deleteNetwork: async ({ caller, params }) => {
      await assertNetworkUnused(db, params.name);
      await changeNetwork(
        services,
        { caller, action: 'network.delete', name: params.name },
        (client) => client('deleteNetwork', { params }),
      );
      return {};
    },
    listAdoptable: ({ caller }) => agent.as(caller.actor.name)('listAdoptable', {}),
    adoptNetwork: ({ caller, params, body }) =>
      changeNetwork(
        services,
        { caller, action: 'network.adopt', name: params.name, details: body },
        (client) => client('adoptNetwork', { params, body }),
      ),
    verifyNetwork: ({ caller, params }) =>
      agent.as(caller.actor.name)('verify', { body: { networks: [params.name] } }),
    applyNetworks: async ({ caller, body }) => {
      const dryRun = await agent.as(caller.actor.name)('apply', {
        body: { ...body, dryRun: true },
      });
      if (body.dryRun) return dryRun;
      for (const { action, network } of dryRun.changes) {
        if (action === 'delete') await assertNetworkUnused(db, network);
      }
      const details = { prune: body.prune, changes: dryRun.changes.filter(isDifference) };
      return changeNetwork(
        services,
        { caller, action: 'network.apply', name: 'all', details },
        (client) => client('apply', { body }),
      );
    },
    exportNetworks: ({ caller }) => agent.as(caller.actor.name)('exportDocument', {}),
    showHost: ({ caller }) => agent.as(caller.actor.name)('host', {}),
    doctor: ({ caller }) => agent.as(caller.actor.name)('doctor', {}),
    networkCounters: ({ caller, query }) => agent.as(caller.actor.name)('counters', { query }),
    networkFlows: ({ caller, query }) => agent.as(caller.actor.name)('flows', { query }),
    networkEvents: ({ caller, query }) => agent.as(caller.actor.name)('events', { query }),
    networkLeases: ({ caller, query }) => agent.as(caller.actor.name)('leases', { query }),
    violations: ({ caller, query }) => agent.as(caller.actor.name)('violations', { query }),
  };
}

function isDifference({ action }: Change): boolean {
  return action !== 'unchanged' && action !== 'extra';
}
