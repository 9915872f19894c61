import { type ArgumentSpec, defineCommand } from '../../command.ts';
import { findUser, groupNames, listUsers } from '../../server/find.ts';
import { renderTable } from '../../table.ts';
import { groupsText, renderUser, timeText } from '../../views/people.ts';

/** The argument of commands about one user. */
export const USER: ArgumentSpec & { readonly count: 'one' } = {
  label: 'USER',
  summary: 'Name or id of the user',
  count: 'one',
  offer: 'user',
};

export const userList = defineCommand({
  description: 'Lists everybody who has an account.',
  options: {},
  examples: [
    'sallyport user list',
    "sallyport user list --json | jq -r '.[] | select(.secondFactor | not) | .name'",
  ],
  run: async ({ server, style }) => {
    const [users, names] = await Promise.all([listUsers(server), groupNames(server)]);
    const rows = users.map((user) => [
      user.name,
      user.displayName,
      user.administrator ? 'administrator' : 'user',
      user.disabled ? style('red', 'disabled') : 'active',
      user.secondFactor ? 'yes' : 'no',
      groupsText(user.groups, names) || '-',
      timeText(user.createdAt),
    ]);
    const head = ['USER', 'NAME', 'ROLE', 'STATE', '2ND FACTOR', 'GROUPS', 'MADE'];
    return { json: users, text: () => `${renderTable(head, rows)}\n` };
  },
});

export const userShow = defineCommand({
  description: 'Shows one user.',
  argument: USER,
  options: {},
  examples: ['sallyport user show anna'],
  run: async ({ server, style }, { argument }) => {
    const [user, names] = await Promise.all([findUser(server, argument), groupNames(server)]);
    return { json: user, text: () => renderUser(style, user, names) };
  },
});
