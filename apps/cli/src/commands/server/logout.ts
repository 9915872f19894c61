import { SallyportError } from '@sallyport/contract/errors';
import { defineCommand } from '../../command.ts';
import { enterServer } from '../../server/server-access.ts';

export const logout = defineCommand({
  description:
    'Ends the login at the server and forgets it here. An API key is only forgotten: `key delete`\n' +
    'ends it.',
  options: {
    everywhere: { summary: 'End every login of yours, in browsers too' },
  },
  examples: ['sallyport logout', 'sallyport logout --server https://desk.example --everywhere'],
  run: async ({ logins, during }, { options }) => {
    const site = await logins.site();
    const { origin, login } = site;
    if (login === null) {
      return {
        json: { server: origin, ended: false },
        text: () => `Nobody is signed in at ${origin}.\n`,
      };
    }
    const byKey = 'key' in login;
    const endpoint = options.everywhere ? 'signOutEverywhere' : 'signOut';
    let problem = '';
    if (!byKey || options.everywhere) {
      try {
        await during('Signing out', enterServer(site)(endpoint, {}));
      } catch (error) {
        // Whatever the server says: who asks to sign out wants the login gone from this machine.
        if (!(error instanceof SallyportError)) throw error;
        if (options.everywhere && error.code !== 'not_signed_in') throw error;
        if (error.code !== 'not_signed_in') problem = error.message;
      }
    }
    await logins.keep({ origin, login: null });
    const doubt = problem === '' ? '' : `The login may still hold at the server: ${problem}\n`;
    return {
      json: { server: origin, ended: problem === '' },
      text: () => `Signed out at ${origin}.\n${doubt}`,
    };
  },
});
