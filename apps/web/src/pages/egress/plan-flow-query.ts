/** What somebody has typed; empty: it does not matter. */
interface FlowWish {
  readonly address: string;
  readonly port: string;
  /** As `datetime-local` has it, in the zone of the browser. */
  readonly time: string;
}

/** The field shows seconds: a second is what is meant, to its last millisecond. */
const SECOND_MS = 999;

/** The question for the flow log: without a time the newest, with one what lived in that second. */
export function planFlowQuery(wish: FlowWish): Readonly<Record<string, string | number>> {
  const at = Date.parse(wish.time);
  const [address, port] = [wish.address.trim(), wish.port.trim()];
  return {
    ...(address !== '' && { address }),
    ...(port !== '' && { port }),
    ...(!Number.isNaN(at) && { since: at, until: at + SECOND_MS }),
  };
}
