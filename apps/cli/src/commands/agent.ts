import { SallyportError } from '@sallyport/contract/errors';
import { defineCommand } from '../command.ts';

/** A program of its own, started by bin/sallyport; here for help and completion. */
export const agent = defineCommand({
  description:
    'The agent keeps the networks. These commands are a program of their own: `agent` has to be the\n' +
    'first word, and `sallyport agent --help` tells all of it.',
  options: {
    'state-dir': { value: 'DIR', summary: 'Where networks are kept', offer: 'file' },
    'docker-host': { value: 'URL', summary: 'Unix socket of Docker' },
    config: { value: 'FILE', summary: 'Configuration', offer: 'file' },
    'log-level': {
      value: 'LEVEL',
      summary: 'trace, debug, info, warn, error, fatal or silent',
      offer: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    },
  },
  examples: ['sallyport agent run', 'sallyport agent guard', 'sallyport agent cleanup'],
  run: async () => {
    throw new SallyportError('invalid_input', 'The agent is not started this way.', {
      remedy: 'Use bin/sallyport with `agent` as the first word: sallyport agent run',
    });
  },
});
