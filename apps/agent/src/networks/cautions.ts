import type { Condition, NetworkSpec } from '@sallyport/core/network';
import type { PortSlot } from '../accounting/port-use.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import type { NetworkStatus } from '../reconcile/judge.ts';

/** Pure. What a network has to be told about the ports of its addresses. */
export function portConditions(
  { name, egress }: NetworkSpec,
  scarce: readonly PortSlot[],
): readonly Condition[] {
  const own: ReadonlySet<string> = new Set([...egress.ipv4, ...egress.ipv6]);
  return scarce
    .filter(({ address }) => own.has(address))
    .map((slot) => ({
      type: 'Ports',
      ok: false,
      message: portsInUse(slot),
      remedy: `let ${name} have more addresses, or its containers fewer connections at once`,
    }));
}

/** A half sentence. */
function portsInUse({ address, protocol, destination, used, of }: PortSlot): string {
  return `${address} has ${used} of ${of} ports in use by ${protocol} to ${destination}, and beyond that connections to there fail`;
}

/** Pure. What an event tells when ports of an address begin to run out, or there are enough again. */
export function portEvents(
  specs: readonly NetworkSpec[],
  slot: PortSlot,
  scarce: boolean,
): readonly RecordedEvent[] {
  return specs
    .filter(({ egress }) => [...egress.ipv4, ...egress.ipv6].some((own) => own === slot.address))
    .map(({ name }) => ({
      kind: scarce ? 'ports.scarce' : 'ports.ample',
      network: name,
      message: portsInUse(slot),
      reason: 'connection tracking',
      actor: null,
    }));
}

/** Pure. A status with what no run of the loop can see; who is Ready says it in its sentence too. */
export function withCautions(
  status: NetworkStatus | undefined,
  cautions: readonly Condition[],
): NetworkStatus | undefined {
  const [first] = cautions;
  if (first === undefined || status === undefined) return status;
  const conditions = [...status.conditions, ...cautions];
  if (status.state !== 'Ready' || status.remedy !== '') return { ...status, conditions };
  return {
    ...status,
    conditions,
    reason: `${status.reason}, but ${first.message}`,
    remedy: first.remedy,
  };
}
