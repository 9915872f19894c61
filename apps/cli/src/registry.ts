import type { Command, Entry } from './command.ts';
import { SERVER_COMMANDS } from './server-commands.ts';

const agent = async (): Promise<Command> => (await import('./commands/agent.ts')).agent;

const server = async (): Promise<Command> => (await import('./commands/server.ts')).server;

/** Every command there is; help, completion and docs/cli.md follow this list. */
export const REGISTRY: readonly Entry[] = [
  {
    path: ['host'],
    summary: 'Interfaces, addresses, and which address can be an egress address',
    load: async () => (await import('./commands/host.ts')).host,
  },
  {
    path: ['network', 'create'],
    summary: 'Create a network that leaves by one address',
    load: async () => (await import('./commands/network-create.ts')).networkCreate,
  },
  {
    path: ['network', 'list'],
    aliases: ['ls'],
    summary: 'All egress networks and how they stand',
    load: async () => (await import('./commands/network-list.ts')).networkList,
  },
  {
    path: ['network', 'show'],
    summary: 'One network with its conditions',
    load: async () => (await import('./commands/network-show.ts')).networkShow,
  },
  {
    path: ['network', 'update'],
    summary: 'Change the egress address, the way out, or the name servers',
    load: async () => (await import('./commands/network-update.ts')).networkUpdate,
  },
  {
    path: ['network', 'delete'],
    aliases: ['rm'],
    summary: 'Delete a network that no container uses',
    load: async () => (await import('./commands/network-delete.ts')).networkDelete,
  },
  {
    path: ['network', 'adopt'],
    summary: 'Take over a Docker network that was made by hand',
    load: async () => (await import('./commands/network-adopt.ts')).networkAdopt,
  },
  {
    path: ['network', 'verify'],
    summary: 'Ask from inside the networks by which address they are seen',
    load: async () => (await import('./commands/network-verify.ts')).networkVerify,
  },
  {
    path: ['network', 'counters'],
    summary: 'What networks and containers have sent and received',
    load: async () => (await import('./commands/network-counters.ts')).networkCounters,
  },
  {
    path: ['network', 'leases'],
    summary: 'Which container has which address of its own',
    load: async () => (await import('./commands/network-leases.ts')).networkLeases,
  },
  {
    path: ['flows'],
    summary: 'Which container used an address and port, and when',
    load: async () => (await import('./commands/flows.ts')).flows,
  },
  {
    path: ['violations'],
    summary: 'Containers that may leave by another way than their network',
    load: async () => (await import('./commands/violations.ts')).violations,
  },
  {
    path: ['apply'],
    summary: 'Make networks, images, groups and users as a file says',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    path: ['export'],
    summary: 'Print the file that makes what there is',
    load: async () => (await import('./commands/export.ts')).exportDocument,
  },
  {
    path: ['reconcile'],
    summary: 'Look at the host now, and mend what is not as it should be',
    load: async () => (await import('./commands/reconcile.ts')).reconcile,
  },
  {
    path: ['events'],
    summary: 'What changed, why, and who asked',
    load: async () => (await import('./commands/events.ts')).events,
  },
  {
    path: ['doctor'],
    summary: 'Check the host, and say what to do about each finding',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  ...SERVER_COMMANDS,
  {
    path: ['up'],
    summary: 'Start agent and server on this host, for a first try',
    load: async () => (await import('./commands/up.ts')).up,
  },
  { path: ['agent', 'run'], summary: 'Run the agent in the foreground', load: agent },
  {
    path: ['agent', 'guard'],
    summary: 'Load the stored guard once, before Docker starts',
    load: agent,
  },
  {
    path: ['agent', 'cleanup'],
    summary: 'Remove everything that agents have made on this host',
    load: agent,
  },
  {
    path: ['agent', 'install'],
    summary: 'Put the program, its systemd units and a configuration in place',
    load: agent,
  },
  {
    path: ['agent', 'uninstall'],
    summary: 'Take all of it away again, networks included',
    load: agent,
  },
  { path: ['server', 'run'], summary: 'Run the server in the foreground', load: server },
  {
    path: ['server', 'recover'],
    summary: 'Give a new password to who is locked out',
    load: async () => (await import('./commands/server.ts')).serverRecover,
  },
  {
    path: ['backup'],
    summary: 'Write all that the server keeps to a file',
    load: async () => (await import('./commands/server.ts')).backup,
  },
  {
    path: ['restore'],
    summary: 'Restore a backup into an empty database',
    load: async () => (await import('./commands/server.ts')).restore,
  },
  {
    path: ['completion'],
    summary: 'Print the completion script of a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    path: ['complete'],
    summary: 'What the completion scripts ask',
    hidden: true,
    load: async () => (await import('./commands/complete.ts')).complete,
  },
];
