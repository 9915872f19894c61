import { userCreateSchema, userUpdateSchema } from '@sallyport/contract/server/people';
import { parseInput } from '@sallyport/contract/parse';
import { type Context, defineCommand, type OptionSpec } from '../../command.ts';
import { findUser, listGroups, pickGroup } from '../../server/find.ts';
import { newPassword, readNewPassword } from '../../server/read-secret.ts';
import type { ServerClient } from '@sallyport/contract/client';
import { badInput } from '../../show-error.ts';
import { USER } from './user-list.ts';

const OPTIONS = {
  'display-name': { value: 'TEXT', summary: 'Name as people write it' },
  'password-file': {
    value: 'FILE',
    summary: 'The new password is its first line; - reads standard input',
    offer: 'file',
  },
  'generate-password': { summary: 'Make a password, and print it once' },
  administrator: { summary: 'May do everything' },
  group: {
    value: 'GROUP',
    summary: 'Name of a group, may be given several times; none: no group',
    repeat: true,
    offer: 'group',
  },
} as const satisfies Record<string, OptionSpec>;

const FIELDS = {
  name: 'NAME',
  displayName: '--display-name',
  password: '--password-file',
  administrator: '--administrator',
  disabled: '--disable',
  groups: '--group',
};

export const userCreate = defineCommand({
  description: 'Creates a user. The password is asked for, unless it is given or made.',
  argument: { label: 'NAME', summary: 'What the user signs in with, in lower case', count: 'one' },
  options: { ...OPTIONS, disabled: { summary: 'Can not sign in yet' } },
  examples: [
    'sallyport user create anna --display-name "Anna Berg" --group Research',
    'sallyport user create anna --generate-password --json | jq -r .password',
    'sallyport user create anna --password-file - < password.txt',
  ],
  fields: FIELDS,
  run: async (context, { argument, options }) => {
    const password = await choosePassword(context, options, `Password for ${argument}: `);
    const body = parseInput(userCreateSchema, {
      name: argument,
      password: password.text,
      ...(options['display-name'] !== undefined && { displayName: options['display-name'] }),
      administrator: options.administrator,
      disabled: options.disabled,
      groups: await groupIds(context.server, options.group),
    });
    const made = await context.server('createUser', { body });
    return {
      json: password.made ? { ...made, password: password.text } : made,
      text: () => `Created ${made.name}.\n${shownOnce(password)}`,
    };
  },
});

export const userUpdate = defineCommand({
  description: 'Changes a user. A new password, or --disable, ends every login of theirs.',
  argument: USER,
  options: {
    name: { value: 'NAME', summary: 'Another name to sign in with' },
    ...OPTIONS,
    password: { summary: 'Ask for a new password' },
    'no-administrator': { summary: 'May do what the groups grant' },
    disable: { summary: 'Can not sign in any more' },
    enable: { summary: 'Can sign in again' },
  },
  examples: [
    'sallyport user update anna --group Research --group Mail',
    'sallyport user update anna --generate-password',
    'sallyport user update anna --disable',
  ],
  fields: { ...FIELDS, name: '--name', input: 'The line' },
  run: async (context, { argument, options }) => {
    exclude(options, 'administrator', 'no-administrator');
    exclude(options, 'disable', 'enable');
    const user = await findUser(context.server, argument);
    const wanted =
      options.password || options['password-file'] !== undefined || options['generate-password'];
    const question = `New password for ${user.name}: `;
    const password = wanted ? await choosePassword(context, options, question) : null;
    const body = parseInput(userUpdateSchema, {
      ...(options.name !== undefined && { name: options.name }),
      ...(options['display-name'] !== undefined && { displayName: options['display-name'] }),
      ...(password !== null && { password: password.text }),
      ...(options.administrator && { administrator: true }),
      ...(options['no-administrator'] && { administrator: false }),
      ...(options.disable && { disabled: true }),
      ...(options.enable && { disabled: false }),
      ...(options.group.length > 0 && {
        groups: await groupIds(context.server, options.group),
      }),
    });
    const params = { id: user.id };
    const now = await context.server('updateUser', { params, body, version: user.version });
    return {
      json: password?.made === true ? { ...now, password: password.text } : now,
      text: () => `Changed ${now.name}.\n${password === null ? '' : shownOnce(password)}`,
    };
  },
});

export const userDelete = defineCommand({
  description: 'Deletes a user, with keys and logins.',
  argument: USER,
  options: {},
  examples: ['sallyport user delete anna'],
  run: async ({ server }, { argument }) => {
    const user = await findUser(server, argument);
    await server('deleteUser', { params: { id: user.id } });
    return { json: user, text: () => `Deleted ${user.name}.\n` };
  },
});

interface Password {
  readonly text: string;
  /** By us: then nobody knows it yet. */
  readonly made: boolean;
}

interface PasswordOptions {
  readonly 'password-file': string | undefined;
  readonly 'generate-password': boolean;
}

async function choosePassword(
  context: Context,
  options: PasswordOptions,
  question: string,
): Promise<Password> {
  const file = options['password-file'];
  if (!options['generate-password']) {
    return { text: await readNewPassword(context, file, question), made: false };
  }
  if (file === undefined) return { text: newPassword(context.randomBytes), made: true };
  throw badInput('--generate-password', undefined, {
    message: 'and --password-file exclude each other',
    remedy: 'give one of the two',
  });
}

function shownOnce({ text, made }: Password): string {
  return made ? `The password is ${text}\nIt is shown only now.\n` : '';
}

async function groupIds(server: ServerClient, names: readonly string[]): Promise<string[]> {
  if (names.length === 0 || (names.length === 1 && names[0] === 'none')) return [];
  const groups = await listGroups(server);
  return names.map((name) => pickGroup(groups, name).id);
}

function exclude<K extends string>(options: Record<K, boolean>, one: K, other: K): void {
  if (!options[one] || !options[other]) return;
  throw badInput(`--${one}`, undefined, {
    message: `and --${other} exclude each other`,
    remedy: 'give one of the two',
  });
}
