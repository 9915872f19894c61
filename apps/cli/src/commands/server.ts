import { SallyportError } from '@sallyport/contract/errors';
import { defineCommand } from '../command.ts';

/** A program of its own, started by bin/sallyport; here for help and completion. */
export const server = defineCommand({
  description:
    'The server is what people use. It is a program of its own: `server` has to be the first word,\n' +
    'and `sallyport server --help` tells all of it.',
  options: {
    listen: { value: 'HOST:PORT', summary: 'Where to listen (default 127.0.0.1:8080)' },
    'state-dir': { value: 'DIR', summary: 'Where its database is kept', offer: 'file' },
    'agent-socket': { value: 'PATH', summary: 'Where the agent listens', offer: 'file' },
    'default-network': {
      value: 'NAME',
      summary: 'Where sessions of images without a restriction leave',
      offer: 'network',
    },
  },
  examples: [
    'sallyport server run --state-dir /srv/sallyport-server',
    'sallyport server recover admin',
  ],
  run: async () => {
    throw new SallyportError('invalid_input', 'The server is not started this way.', {
      remedy: 'Use bin/sallyport with `server` as the first word: sallyport server run',
    });
  },
});
