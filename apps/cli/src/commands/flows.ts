import { ENDPOINTS } from '@sallyport/contract/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../command.ts';
import { badInput } from '../show-error.ts';
import { parseTime } from '../time.ts';
import { renderFlows } from '../views/flows.ts';

export const flows = defineCommand({
  description:
    'Answers from the flow log which container used an address and port, and when, newest first.\n' +
    'TIME is 12:03, ISO 8601, or epoch milliseconds; --at 12:03 means the whole minute.\n' +
    'Ends with 1 where no such flow is known.',
  options: {
    address: {
      value: 'ADDR',
      summary: 'By which the flow left, or the container’s own',
      offer: 'address',
    },
    port: { value: 'PORT', summary: 'Its port on that address' },
    at: { value: 'TIME', summary: 'Flows that lived at this time' },
    since: { value: 'TIME', summary: 'Flows that lived at this time or later' },
    until: { value: 'TIME', summary: 'Flows that lived at this time or earlier' },
    network: { value: 'NAME', summary: 'Only those of one network', offer: 'network' },
    container: { value: 'NAME', summary: 'Only those of one container, by its name or id' },
    limit: { value: 'N', summary: 'At most so many, the newest (default 100)' },
  },
  examples: [
    'sallyport flows --address 203.0.113.10 --port 34567 --at 12:03',
    'sallyport flows --container alpha --since 2026-01-31T12:00Z',
    "sallyport flows --network z_custom_a --limit 1000 --json | jq '.flows[].destination'",
  ],
  fields: {
    address: '--address',
    port: '--port',
    network: '--network',
    container: '--container',
    limit: '--limit',
  },
  run: async ({ call }, { options }) => {
    const { at, since, until, ...rest } = options;
    const given = Object.entries(rest).filter(([, value]) => value !== undefined);
    const range = rangeOf({ at, since, until });
    const query = parseInput(ENDPOINTS.flows.query, { ...Object.fromEntries(given), ...range });
    const answer = await call('flows', { query });
    return {
      json: answer,
      exit: answer.flows.length === 0 ? 1 : 0,
      text: () => renderFlows(answer),
    };
  },
});

type Times = Readonly<Record<'at' | 'since' | 'until', string | undefined>>;

function rangeOf({ at, since, until }: Times): {
  readonly since?: number;
  readonly until?: number;
} {
  const now = Date.now();
  if (at !== undefined) {
    if (since !== undefined || until !== undefined) {
      throw badInput('--at', at, {
        message: 'and --since or --until exclude each other',
        remedy: 'leave out --at, or the others',
      });
    }
    const { first, last } = parseTime('--at', at, now);
    return { since: first, until: last };
  }
  return {
    ...(since !== undefined && { since: parseTime('--since', since, now).first }),
    ...(until !== undefined && { until: parseTime('--until', until, now).last }),
  };
}
