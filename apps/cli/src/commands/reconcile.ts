import { defineCommand } from '../command.ts';
import { stateWord } from '../style.ts';

export const reconcile = defineCommand({
  description:
    'Looks at everything on the host now, and mends what is not as it should be. The agent does so by\n' +
    'itself on every change that it is told of, and once a minute. Ends with 1 where something could not\n' +
    'be mended.',
  options: {},
  examples: ['sallyport reconcile'],
  run: async ({ call, during, style }) => {
    const result = await during('Looking at the host', call('reconcile', {}));
    const { done, errors, durationMs } = result;
    const lines = [
      ...done.map((why) => `${stateWord(style, 'ok')}  mended: ${why}`),
      ...errors.map((why) => `${stateWord(style, 'no')}  ${why}`),
      ...(done.length + errors.length === 0 ? ['Everything is as it should be.'] : []),
      `Looked at the host in ${Math.round(durationMs)} ms.`,
    ];
    return { json: result, exit: errors.length > 0 ? 1 : 0, text: () => `${lines.join('\n')}\n` };
  },
});
