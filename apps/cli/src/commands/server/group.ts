import { groupCreateSchema, groupUpdateSchema } from '@sallyport/contract/server/people';
import { parseInput } from '@sallyport/contract/parse';
import { PERMISSIONS } from '@sallyport/core/permissions';
import { type ArgumentSpec, defineCommand, type OptionSpec } from '../../command.ts';
import { findGroup, listGroups } from '../../server/find.ts';
import { changeSettings, SETTING_OFFER } from '../../server/group-settings.ts';
import { renderTable } from '../../table.ts';
import { renderGroup } from '../../views/people.ts';

const GROUP: ArgumentSpec & { readonly count: 'one' } = {
  label: 'GROUP',
  summary: 'Name or id of the group',
  count: 'one',
  offer: 'group',
};

const OPTIONS = {
  description: { value: 'TEXT', summary: 'What it is for' },
  priority: {
    value: 'N',
    summary: 'The lowest number decides first, from 1 to 10000 (default 100)',
  },
  permission: {
    value: 'NAME',
    summary: 'What its members may do, may be given several times; none: nothing',
    repeat: true,
    offer: [...PERMISSIONS, 'none'],
  },
  setting: {
    value: 'NAME=VALUE',
    summary: 'A setting, may be given several times; NAME=inherit leaves it to the next group',
    repeat: true,
    offer: SETTING_OFFER,
  },
} as const satisfies Record<string, OptionSpec>;

const FIELDS = {
  name: 'NAME',
  description: '--description',
  priority: '--priority',
  permissions: '--permission',
  settings: '--setting',
};

export const groupList = defineCommand({
  description: 'Lists the groups: the lowest priority number decides first.',
  options: {},
  examples: ['sallyport group list'],
  run: async ({ server }) => {
    const groups = await listGroups(server);
    const rows = groups
      .toSorted((a, b) => a.priority - b.priority)
      .map(({ name, priority, everyone, permissions, settings, description }) => [
        name,
        String(priority),
        everyone ? 'everybody' : '',
        permissions.join(', ') || '-',
        String(Object.keys(settings).length),
        description,
      ]);
    const head = ['GROUP', 'PRIORITY', 'MEMBERS', 'GRANTS', 'SETTINGS', 'DESCRIPTION'];
    return { json: groups, text: () => `${renderTable(head, rows)}\n` };
  },
});

export const groupShow = defineCommand({
  description: 'Shows a group: what it grants, and its settings.',
  argument: GROUP,
  options: {},
  examples: ['sallyport group show Research'],
  run: async ({ server, style }, { argument }) => {
    const group = await findGroup(server, argument);
    return { json: group, text: () => renderGroup(style, group) };
  },
});

export const groupCreate = defineCommand({
  description: 'Creates a group. Its members are named by `user create` and `user update`.',
  argument: { label: 'NAME', summary: 'At most 64 characters', count: 'one' },
  options: OPTIONS,
  examples: [
    'sallyport group create Research --setting clipboardOut=no --setting maxSessions=2',
    'sallyport group create Operators --priority 10 --permission sessions.read',
    'sallyport group create Mail --setting allowedNetworks=z_custom_a,z_custom_b',
  ],
  fields: FIELDS,
  run: async ({ server }, { argument, options }) => {
    const body = parseInput(groupCreateSchema, {
      name: argument,
      ...givenFields(options),
      settings: changeSettings({}, options.setting),
    });
    const made = await server('createGroup', { body });
    return { json: made, text: () => `Created ${made.name}.\n` };
  },
});

export const groupUpdate = defineCommand({
  description: 'Changes a group. Settings that are not named stay as they are.',
  argument: GROUP,
  options: { name: { value: 'NAME', summary: 'Another name' }, ...OPTIONS },
  examples: [
    'sallyport group update Research --setting sharing=yes --setting idleDisconnect=none',
    'sallyport group update Research --setting maxSessions=inherit',
    'sallyport group update Operators --permission sessions.read --permission audit.read',
  ],
  fields: { ...FIELDS, name: '--name', input: 'The line' },
  run: async ({ server, serverExactly }, { argument, options }) => {
    const group = await findGroup(serverExactly, argument);
    const body = parseInput(groupUpdateSchema, {
      ...(options.name !== undefined && { name: options.name }),
      ...givenFields(options),
      ...(options.setting.length > 0 && {
        settings: changeSettings(group.settings, options.setting),
      }),
    });
    const params = { id: group.id };
    const now = await server('updateGroup', { params, body, version: group.version });
    return { json: now, text: () => `Changed ${now.name}.\n` };
  },
});

export const groupDelete = defineCommand({
  description: 'Deletes a group. Its members stay, without what it granted.',
  argument: GROUP,
  options: {},
  examples: ['sallyport group delete Research'],
  run: async ({ server }, { argument }) => {
    const group = await findGroup(server, argument);
    await server('deleteGroup', { params: { id: group.id } });
    return { json: group, text: () => `Deleted ${group.name}.\n` };
  },
});

interface GroupOptions {
  readonly description: string | undefined;
  readonly priority: string | undefined;
  readonly permission: readonly string[];
}

/** Only what was given; checked afterwards by the contract's schema. */
function givenFields({ description, priority, permission }: GroupOptions) {
  const none = permission.length === 1 && permission[0] === 'none';
  return {
    ...(description !== undefined && { description }),
    ...(priority !== undefined && {
      priority: /^\d+$/.test(priority) ? Number(priority) : priority,
    }),
    ...(permission.length > 0 && { permissions: none ? [] : permission }),
  };
}
