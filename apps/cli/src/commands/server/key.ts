import { SallyportError } from '@sallyport/contract/errors';
import { keyCreateSchema } from '@sallyport/contract/server/people';
import { parseInput } from '@sallyport/contract/parse';
import { PERMISSIONS } from '@sallyport/core/permissions';
import { defineCommand } from '../../command.ts';
import { renderTable } from '../../table.ts';
import { timeText } from '../../views/people.ts';

export const keyCreate = defineCommand({
  description:
    'Makes an API key of yours and prints it once. It can do what its scopes say, and never more\n' +
    'than you may. Without a scope it can do what everybody may with their own things.',
  argument: { label: 'NAME', summary: 'What it is for', count: 'one' },
  options: {
    scope: {
      value: 'PERMISSION',
      summary: 'What it may be used for, may be given several times',
      repeat: true,
      offer: PERMISSIONS,
    },
    days: { value: 'N', summary: 'How long it works, from 1 to 365 (default 90)' },
  },
  examples: [
    'sallyport key create backup --scope users.read --scope images.read --days 30',
    'SALLYPORT_API_KEY=$(sallyport key create ci --json | jq -r .key) sallyport whoami',
  ],
  fields: { name: 'NAME', scopes: '--scope', days: '--days' },
  run: async ({ server }, { argument, options }) => {
    const { days } = options;
    const body = parseInput(keyCreateSchema, {
      name: argument,
      scopes: options.scope,
      ...(days !== undefined && { days: /^\d+$/.test(days) ? Number(days) : days }),
    });
    const made = await server('createKey', { body });
    return {
      json: made,
      text: () =>
        `The key is ${made.key}\nIt is shown only now, and works until ${timeText(made.expiresAt)}.\n`,
    };
  },
});

export const keyList = defineCommand({
  description: 'Lists your own API keys.',
  options: {},
  examples: ['sallyport key list'],
  run: async ({ server, style, now }) => {
    const keys = await server('listKeys', {});
    const rows = keys.map(({ id, name, scopes, createdAt, expiresAt }) => [
      name,
      scopes.join(', ') || '-',
      timeText(createdAt),
      expiresAt <= now() ? style('red', 'over') : timeText(expiresAt),
      id,
    ]);
    const none = 'There are no API keys of yours. Make one: sallyport key create NAME\n';
    const head = ['KEY', 'SCOPES', 'MADE', 'WORKS UNTIL', 'ID'];
    return { json: keys, text: () => (rows.length === 0 ? none : `${renderTable(head, rows)}\n`) };
  },
});

export const keyDelete = defineCommand({
  description: 'Deletes an API key of yours. It stops working at once.',
  argument: { label: 'KEY', summary: 'Name or id of the key', count: 'one', offer: 'key' },
  options: {},
  examples: ['sallyport key delete backup'],
  run: async ({ server }, { argument }) => {
    const keys = await server('listKeys', {});
    const byId = keys.filter(({ id }) => id === argument);
    const found = byId.length > 0 ? byId : keys.filter(({ name }) => name === argument);
    const [key] = found;
    if (key === undefined || found.length > 1) {
      const detail = key === undefined ? 'There is no key' : 'Several keys are called';
      throw new SallyportError('key_not_found', `${detail} ${argument}.`, {
        remedy: 'Give the id that `sallyport key list` shows.',
      });
    }
    await server('deleteKey', { params: { id: key.id } });
    return { json: key, text: () => `Deleted ${key.name}. It does not work any more.\n` };
  },
});
