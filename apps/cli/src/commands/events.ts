import { ENDPOINTS } from '@sallyport/contract/endpoints';
import type { AgentEvent } from '@sallyport/contract/host';
import { parseInput } from '@sallyport/contract/parse';
import { type Context, defineCommand } from '../command.ts';
import { printableJson } from '../printable.ts';
import type { Style } from '../style.ts';

export const events = defineCommand({
  description:
    'Prints what changed, why, and who asked, oldest first. With --follow it goes on with new events\n' +
    'until it is stopped; with --json it then prints one event a line.',
  options: {
    follow: { short: 'f', summary: 'Go on with new events' },
    limit: { value: 'N', summary: 'At most so many past events, the newest (default 100)' },
    network: { value: 'NAME', summary: 'Only those of one network', offer: 'network' },
  },
  examples: [
    'sallyport events --limit 20',
    'sallyport events --network z_custom_a --follow',
    'sallyport events --follow --json | jq -r \'select(.kind == "network.state") | .message\'',
  ],
  fields: { limit: '--limit', network: '--network' },
  run: async (context, { options }) => {
    const query = parseInput(ENDPOINTS.events.query, {
      ...(options.limit !== undefined && { limit: options.limit }),
      ...(options.network !== undefined && { network: options.network }),
    });
    if (options.follow) return follow(context, query);
    const past = await context.call('events', { query });
    return {
      json: past,
      text: () =>
        past.length === 0
          ? `Nothing has happened${query.network === undefined ? '' : ` to ${query.network}`} yet.\n`
          : past.map((event) => renderEvent(context.style, event)).join(''),
    };
  },
});

interface Query {
  readonly limit: number;
  readonly network?: string | undefined;
}

/** Opens the stream before it reads the past, so that no event falls between the two. */
async function follow(context: Context, query: Query): Promise<null> {
  const stream = await context.follow();
  const past = await context.call('events', { query });
  const show = (event: AgentEvent): void =>
    context.print(
      context.json ? `${printableJson(event, 0)}\n` : renderEvent(context.style, event),
    );
  for (const event of past) show(event);
  const seen = new Set(past.map(({ id }) => id));
  for await (const event of stream) {
    const wanted = query.network === undefined || event.network === query.network;
    if (wanted && !seen.has(event.id)) show(event);
  }
  return null;
}

function renderEvent(style: Style, event: AgentEvent): string {
  const { at, kind, network, message, reason, actor } = event;
  const why = [reason, ...(actor === null ? [] : [`asked by ${actor}`])].filter((part) => part);
  const tail = why.length === 0 ? '' : style('dim', `  (${why.join('; ')})`);
  const time = new Date(at).toISOString();
  return `${style('dim', time)}  ${kind.padEnd(15)}  ${(network ?? '-').padEnd(12)}  ${message}${tail}\n`;
}
