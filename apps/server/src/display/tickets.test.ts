import { describe, expect, test } from 'vitest';
import { VIEW_ONLY } from './rights.ts';
import { readTicket } from './ticket-protocol.ts';
import { type DisplayGrant, DisplayTickets, TICKET_LIFETIME_MS } from './tickets.ts';

const GRANT: DisplayGrant = {
  sessionId: 'session-1',
  userId: 'user-1',
  signInId: 'sign-in-1',
  shareId: undefined,
  rights: VIEW_ONLY,
};

function stage() {
  const clock = { now: 1_000_000 };
  let count = 0;
  const tickets = new DisplayTickets({
    now: () => clock.now,
    randomBytes: (length) => Buffer.alloc(length, (count += 1)),
  });
  return { clock, tickets };
}

describe('a ticket', () => {
  test('admits once', () => {
    const { tickets } = stage();
    const ticket = tickets.issue(GRANT);
    expect(tickets.redeem(ticket, 'session-1')).toEqual(GRANT);
    expect(tickets.redeem(ticket, 'session-1')).toBeUndefined();
  });

  test('admits until 30 seconds are over', () => {
    const { clock, tickets } = stage();
    const [last, late] = [tickets.issue(GRANT), tickets.issue(GRANT)];
    clock.now += TICKET_LIFETIME_MS - 1;
    expect(tickets.redeem(last, 'session-1')).toEqual(GRANT);
    clock.now += 1;
    expect(tickets.redeem(late, 'session-1')).toBeUndefined();
  });

  test('of another session admits to nothing, and is used up by the attempt', () => {
    const { tickets } = stage();
    const ticket = tickets.issue(GRANT);
    expect(tickets.redeem(ticket, 'session-2')).toBeUndefined();
    expect(tickets.redeem(ticket, 'session-1')).toBeUndefined();
  });

  test('that was never issued admits to nothing', () => {
    const { tickets } = stage();
    tickets.issue(GRANT);
    for (const ticket of ['', 'x', '__proto__']) {
      expect(tickets.redeem(ticket, 'session-1')).toBeUndefined();
    }
  });

  test('can stand in a list of WebSocket protocols (a token of RFC 9110)', () => {
    expect(stage().tickets.issue(GRANT)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

test('open tickets are bounded: the oldest one goes', () => {
  let count = 0;
  const tickets = new DisplayTickets({
    now: () => 0,
    randomBytes: (length) => {
      const bytes = Buffer.alloc(length);
      bytes.writeUInt32BE((count += 1));
      return bytes;
    },
  });
  const all = Array.from({ length: 10_001 }, () => tickets.issue(GRANT));
  expect(tickets.redeem(all[0] ?? '', 'session-1')).toBeUndefined();
  expect(tickets.redeem(all[1] ?? '', 'session-1')).toEqual(GRANT);
  expect(tickets.redeem(all[10_000] ?? '', 'session-1')).toEqual(GRANT);
});

test.each([
  ['binary, sallyport.ticket.abc', 'abc'],
  ['sallyport.ticket.abc,binary', 'abc'],
  ['sallyport.ticket.abc', undefined],
  ['binary', undefined],
  ['binary, sallyport.ticket.a, sallyport.ticket.b', undefined],
  ['', undefined],
  [undefined, undefined],
])('the ticket in %j is %j', (header, ticket) => {
  expect(readTicket(header)).toBe(ticket);
});
