import { defineCommand } from '../command.ts';
import { COMPLETION_SCRIPTS, isShell, SHELLS } from '../completion/scripts.ts';
import { badInput } from '../show-error.ts';

export const completion = defineCommand({
  description:
    'Prints the script with which a shell completes commands, flags, networks, addresses.',
  argument: { label: 'SHELL', summary: SHELLS.join(', '), count: 'one', offer: SHELLS },
  options: {},
  examples: [
    'source <(sallyport completion bash)',
    'sallyport completion zsh > "${fpath[1]}/_sallyport"',
    'sallyport completion fish > ~/.config/fish/completions/sallyport.fish',
  ],
  run: async (_, { argument }) => {
    if (!isShell(argument)) {
      throw badInput('SHELL', argument, {
        message: 'is not a shell that is known',
        remedy: `give one of ${SHELLS.join(', ')}`,
      });
    }
    const script = COMPLETION_SCRIPTS[argument];
    return { json: { shell: argument, script }, text: () => script };
  },
});
