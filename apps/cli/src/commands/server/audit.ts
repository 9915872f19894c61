import { SERVER_ENDPOINTS } from '@sallyport/contract/server/endpoints';
import { parseInput } from '@sallyport/contract/parse';
import { defineCommand } from '../../command.ts';
import type { ServerClient, ServerInput, ServerOutput } from '@sallyport/contract/client';
import { badInput } from '../../show-error.ts';
import type { Style } from '../../style.ts';
import { renderTable } from '../../table.ts';
import { parseTime } from '../../time.ts';
import { timeText } from '../../views/people.ts';

type Entry = ServerOutput<'audit'>['items'][number];

const MOST = 10_000;
const PAGE = 500;

export const auditList = defineCommand({
  description:
    'Shows who did what to which object from where, oldest first. Times are those of this machine\n' +
    'unless they name a zone.',
  options: {
    since: { value: 'TIME', summary: 'From then on, such as 12:03 or 2026-01-31T12:03Z' },
    until: { value: 'TIME', summary: 'Up to then' },
    actor: { value: 'WHO', summary: 'Only what this user did; name or id', offer: 'user' },
    object: { value: 'ID', summary: 'Only what was done to this object' },
    limit: { value: 'N', summary: 'At most so many, the newest (default 100)' },
  },
  examples: [
    'sallyport audit list --limit 20',
    'sallyport audit list --actor anna --since 2026-01-31',
    "sallyport audit list --since 08:00 --json | jq -r '.[].action'",
  ],
  fields: { actor: '--actor', object: '--object' },
  run: async ({ server, style, now }, { options }) => {
    const { since, until, actor, object } = options;
    const limit = readLimit(options.limit ?? '100');
    const query = parseInput(SERVER_ENDPOINTS.audit.query, {
      ...(since !== undefined && { from: parseTime('--since', since, now()).first }),
      ...(until !== undefined && { to: parseTime('--until', until, now()).last }),
      ...(actor !== undefined && { actor }),
      ...(object !== undefined && { object }),
    });
    const entries = (await newest(server, query, limit)).toReversed();
    return {
      json: entries,
      text: () =>
        entries.length === 0
          ? 'Nothing of that kind is in the log.\n'
          : `${renderEntries(style, entries)}\n`,
    };
  },
});

export const auditVerify = defineCommand({
  description:
    'Checks the hash chain of the whole log: whether an entry was changed, or one is missing. Ends\n' +
    'with 1 where that is so. Keep the head elsewhere: with it the next check also finds an end\n' +
    'that was cut off.',
  options: {
    head: { value: 'HASH', summary: 'Head of an earlier check, which must be in the chain' },
  },
  examples: [
    'sallyport audit verify',
    'sallyport audit verify --head $(cat head.txt)',
    'sallyport audit verify --json | jq -r .head > head.txt',
  ],
  fields: { head: '--head' },
  run: async ({ server, style, during }, { options }) => {
    const query = parseInput(SERVER_ENDPOINTS.verifyAudit.query, {
      ...(options.head !== undefined && { head: options.head }),
    });
    const answer = await during('Checking', server('verifyAudit', { query }));
    const { intact, entries, head, reason } = answer;
    return {
      json: answer,
      text: () =>
        intact
          ? `${style('green', 'Intact')}: ${entries} entries.\nHead: ${head}\n`
          : `${style('red', 'NOT INTACT')}: ${reason}\nHead: ${head}\n`,
      exit: intact ? 0 : 1,
    };
  },
});

function readLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw badInput('--limit', text, {
    message: `must be a whole number from 1 to ${MOST}`,
    remedy: 'narrow the search with --since, --until, --actor or --object',
  });
}

type Query = NonNullable<ServerInput<'audit'>['query']>;

/** The newest first, as the server gives them. */
async function newest(server: ServerClient, query: Query, limit: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: number | null | undefined;
  while (entries.length < limit && cursor !== null) {
    const size = Math.min(PAGE, limit - entries.length);
    const page = await server('audit', {
      query: { ...query, limit: size, ...(cursor !== undefined && { cursor }) },
    });
    entries.push(...page.items);
    cursor = page.nextCursor;
  }
  return entries;
}

function renderEntries(style: Style, entries: readonly Entry[]): string {
  const rows = entries.map(({ seq, at, actor, action, objectType, objectId, details }) => [
    String(seq),
    timeText(at),
    actor.name,
    actor.source || '-',
    action,
    objectType === '' ? '-' : `${objectType} ${nameIn(details) ?? objectId}`,
    style('dim', detailsText(details)),
  ]);
  return renderTable(['NO', 'TIME', 'WHO', 'FROM', 'DID', 'TO', 'DETAILS'], rows);
}

function nameIn(details: Entry['details']): string | undefined {
  const { name } = details;
  return typeof name === 'string' ? name : undefined;
}

/** Longer ones are for `--json`: a row is a line. */
const DETAILS_LIMIT = 100;

function detailsText(details: Entry['details']): string {
  const text = Object.entries(details)
    .filter(([key]) => key !== 'name')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return text.length <= DETAILS_LIMIT ? text : `${text.slice(0, DETAILS_LIMIT)}…`;
}
