import { parseInput } from '@sallyport/contract/parse';
import { verifyRequestSchema } from '@sallyport/contract/verify';
import { defineCommand } from '../command.ts';
import { stateWord } from '../style.ts';
import { renderTable } from '../table.ts';

export const networkVerify = defineCommand({
  description:
    'Asks echo services from inside the networks, on the same path as the packets of a container, and\n' +
    'compares the address that they saw with the egress address. Without NAME: all networks.\n' +
    'Ends with 1 where a single answer is missing or wrong.',
  argument: {
    label: 'NAME',
    summary: 'Networks to verify',
    count: 'any',
    offer: 'network',
  },
  options: {
    echo: {
      value: 'URL',
      summary:
        'Echo service to ask instead of the configured ones, may be given several times: ' +
        'http, https, tcp, udp, stun or dns',
      repeat: true,
    },
  },
  examples: [
    'sallyport network verify',
    'sallyport network verify z_custom_a --echo http://192.0.2.80/ --echo stun://192.0.2.80:3478',
    'sallyport network verify z_custom_a --echo "dns:///whoami.example.net?type=TXT"',
  ],
  fields: { networks: 'NAME', echo: '--echo' },
  run: async (context, { argument, options }) => {
    const body = parseInput(verifyRequestSchema, { networks: argument, echo: options.echo });
    const answers = await context.during(
      'Asking from inside the networks',
      context.call('verify', { body }),
    );
    const failed = answers.filter(({ ok }) => !ok);
    const { style } = context;
    const rows = answers.map(({ network, protocol, expected, observed, ok, reason }) => [
      network,
      protocol,
      expected,
      observed ?? '-',
      stateWord(style, ok ? 'ok' : 'FAILED'),
      reason,
    ]);
    const head = ['NETWORK', 'PROTOCOL', 'EXPECTED', 'OBSERVED', 'RESULT', 'REASON'];
    return {
      json: answers,
      exit: failed.length === 0 ? 0 : 1,
      text: () =>
        answers.length === 0
          ? 'There are no networks to verify.\n'
          : `${renderTable(head, rows)}\n\n${verdict(answers.length, failed)}\n`,
    };
  },
});

function verdict(asked: number, failed: readonly { readonly network: string }[]): string {
  if (failed.length === 0) return `All ${asked} answers are as they should be.`;
  const names = [...new Set(failed.map(({ network }) => network))];
  return (
    `${failed.length} of ${asked} answers are not as they should be: ${names.join(', ')}.\n` +
    `See: sallyport network show ${names[0] ?? 'NAME'}`
  );
}
