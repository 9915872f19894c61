/** The subprotocol that is spoken; the only one that the gateway ever names in its answer. */
export const DISPLAY_PROTOCOL = 'binary';
/** Begins the entry that carries the ticket: browsers can set no other header of a WebSocket. */
export const TICKET_PREFIX = 'sallyport.ticket.';

/**
 * The ticket in `Sec-WebSocket-Protocol`, whose other entry has to be `binary`. Not in the address:
 * addresses end up in logs and histories. `undefined` when there is not exactly one.
 */
export function readTicket(header: string | undefined): string | undefined {
  const entries = (header ?? '').split(',').map((entry) => entry.trim());
  const tickets = entries.filter((entry) => entry.startsWith(TICKET_PREFIX));
  const ticket = tickets[0];
  if (ticket === undefined || tickets.length > 1 || !entries.includes(DISPLAY_PROTOCOL)) {
    return undefined;
  }
  return ticket.slice(TICKET_PREFIX.length);
}
