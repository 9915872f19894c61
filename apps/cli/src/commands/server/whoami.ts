import { PERMISSIONS } from '@sallyport/core/permissions';
import { defineCommand } from '../../command.ts';
import { renderPairs } from '../../table.ts';
import { settingPairs } from '../../server/group-settings.ts';
import type { ServerOutput } from '@sallyport/contract/client';

export const whoami = defineCommand({
  description: 'Shows who is signed in, at which server, and what they may do there.',
  options: {},
  examples: ['sallyport whoami', 'sallyport whoami --json | jq -r .name'],
  run: async ({ server, logins, style }) => {
    const { origin, login } = await logins.site();
    const account = await server('whoami', {});
    const { name, displayName, administrator, secondFactor, settings } = account;
    // The token is part of the login, and belongs into no output.
    const { csrfToken: _, ...shown } = account;
    return {
      json: { server: origin, ...shown },
      text: () => {
        const facts = renderPairs(
          [
            ['Server', origin],
            ['Name', displayName],
            ['By', login !== null && 'key' in login ? 'API key' : 'password'],
            ['Second factor', secondFactor ? 'yes' : 'no'],
            ['Administrator', administrator ? 'yes' : 'no'],
            ['May', rightsText(account)],
          ],
          '  ',
        );
        const rules = renderPairs(settingPairs(settings), '  ');
        return `${style('bold', name)}\n${facts}\n\nSettings of the groups\n${rules}\n`;
      },
    };
  },
});

function rightsText({ permissions }: ServerOutput<'whoami'>): string {
  if (permissions.length === PERMISSIONS.length) return 'everything';
  const more = permissions.length === 0 ? '' : `; ${permissions.join(', ')}`;
  return `their own things${more}`;
}
