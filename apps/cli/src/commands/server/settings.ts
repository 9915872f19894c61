import type { ServerClient } from '@sallyport/contract/client';
import { SallyportError } from '@sallyport/contract/errors';
import type { Setting } from '@sallyport/contract/settings';
import { defineCommand } from '../../command.ts';
import type { Style } from '../../style.ts';
import { renderTable } from '../../table.ts';

export const settings = defineCommand({
  description:
    'Shows what the server and its agent are set up with, and the flag, variable, file or group that\n' +
    'each setting comes from. Secrets are not among them. Ends with 1 where the agent can not be asked.',
  options: { changed: { summary: 'Only what somebody has set' } },
  examples: [
    'sallyport settings',
    'sallyport settings --changed',
    'sallyport settings --json | jq -r \'.[] | select(.name == "echo") | .value[]\'',
  ],
  run: async ({ server, style }, { options }) => {
    const [ofServer, ofAgent] = await Promise.all([server('settings', {}), askAgent(server)]);
    const found = [...ofServer, ...ofAgent.settings].filter(
      ({ source }) => !options.changed || (source !== 'default' && source !== 'fixed'),
    );
    return {
      json: found,
      exit: ofAgent.problem === '' ? 0 : 1,
      text: () => `${renderSettings(style, found)}\n${ofAgent.problem}`,
    };
  },
});

/** An agent that is away does not hide what the server has to say. */
async function askAgent(
  server: ServerClient,
): Promise<{ readonly settings: readonly Setting[]; readonly problem: string }> {
  try {
    return { settings: await server('hostSettings', {}), problem: '' };
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'agent_unreachable') throw error;
    return { settings: [], problem: `\nWithout those of the agent: ${error.message}\n` };
  }
}

function renderSettings(style: Style, found: readonly Setting[]): string {
  const rows = found.map(({ name, value, source, where, about, meaning }) => [
    name,
    valueText(value),
    where === '' ? style('dim', source) : where,
    about,
    style('dim', meaning),
  ]);
  return renderTable(['SETTING', 'VALUE', 'FROM', 'ABOUT', 'MEANING'], rows);
}

function valueText(value: Setting['value']): string {
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(', ') || '-' : String(value);
}
