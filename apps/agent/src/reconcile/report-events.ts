import type { RecordedEvent } from '../events/recorded-event.ts';
import type { NetworkSpec } from '@sallyport/core/network';
import type { RunReport } from './reconciler.ts';

/** Pure: what is worth telling about a run, given the one before. */
export function reportEvents(
  report: RunReport,
  before: RunReport | null,
): readonly RecordedEvent[] {
  const reason = describeReasons(report.reasons);
  const event = (
    kind: RecordedEvent['kind'],
    network: string | null,
    message: string,
  ): RecordedEvent => ({
    kind,
    network,
    message,
    reason,
    actor: null,
  });
  return [
    ...(before === null
      ? []
      : addressChanges(before, report).map((text) => event('host.changed', null, text))),
    ...(report.repaired
      ? [
          event(
            'repair',
            null,
            `${report.done.map(({ why }) => why).join('; ')}; repaired in ${Math.round(report.durationMs)} ms`,
          ),
        ]
      : []),
    ...report.complaints
      .filter((text) => before?.complaints.includes(text) !== true)
      .map((text) => event('error', null, text)),
    ...newFailures(report, before).map(({ network, text }) => event('error', network, text)),
    ...fallbackChanges(report, before).map(({ name, text }) =>
      event('network.fallback', name, text),
    ),
    ...leaseChanges(report, before).map(({ kind, name, text }) => event(kind, name, text)),
    ...stateChanges(report, before).map(({ name, text }) => event('network.state', name, text)),
  ];
}

/** A burst of changes is one reason; the first one tells what it was. */
function describeReasons([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}

function stateChanges(report: RunReport, before: RunReport | null) {
  return specsOf(report).flatMap((spec) => {
    const now = report.statuses.get(spec.id);
    const then = before?.statuses.get(spec.id);
    if (now === undefined || then?.state === now.state) return [];
    return [{ name: spec.name, text: `${then?.state ?? 'new'} -> ${now.state}: ${now.reason}` }];
  });
}

/** A network that leaves by another one of its listed addresses than before. */
function fallbackChanges(report: RunReport, before: RunReport | null) {
  return specsOf(report).flatMap(({ id, name, egress: { ipv4 } }) => {
    const now = report.statuses.get(id);
    const then = before === null ? ipv4[0] : before.statuses.get(id)?.leaving;
    if (now === undefined || now.leaving === null || then === now.leaving || then === undefined)
      return [];
    return [{ name, text: `leaves by ${now.leaving} now: ${now.reason}` }];
  });
}

/** An agent that has just started finds its leases; nobody was given anything. */
function leaseChanges(report: RunReport, before: RunReport | null) {
  if (before === null) return [];
  const now = heldLeases(report);
  const then = heldLeases(before);
  return [
    ...[...then]
      .filter(([key]) => !now.has(key))
      .map(([, { name, text }]) => ({
        kind: 'lease.ended' as const,
        name,
        text: `no longer: ${text}`,
      })),
    ...[...now]
      .filter(([key]) => !then.has(key))
      .map(([, lease]) => ({ kind: 'lease.given' as const, ...lease })),
  ];
}

function heldLeases({ resolution }: RunReport) {
  return new Map(
    resolution.networks.flatMap(({ spec: { name }, leases }) =>
      leases.map(({ container, inside, address }) => [
        JSON.stringify([name, container.id, inside, address]),
        { name, text: `${address} belongs to ${container.name} (${inside}) alone` },
      ]),
    ),
  );
}

function newFailures(report: RunReport, before: RunReport | null) {
  const texts = (run: RunReport) =>
    run.failures.map(({ step, error }) => ({
      network: step.network,
      text: `${step.why}, and this failed: ${error instanceof Error ? error.message : String(error)}`,
    }));
  const known = new Set(before === null ? [] : texts(before).map(({ text }) => text));
  return texts(report).filter(({ text }) => !known.has(text));
}

function addressChanges(before: RunReport, after: RunReport): readonly string[] {
  const then = uplinkAddresses(before);
  const now = uplinkAddresses(after);
  return [
    ...[...now].filter((text) => !then.has(text)).map((text) => `${text} is there now`),
    ...[...then].filter((text) => !now.has(text)).map((text) => `${text} is gone`),
  ];
}

function uplinkAddresses({ resolution }: RunReport): ReadonlySet<string> {
  return new Set(
    resolution.roles.uplinks.flatMap(({ name, up, addresses }) => [
      `${name} (${up ? 'up' : 'down'})`,
      ...addresses
        .filter(({ family }) => family === 'ipv4')
        .map(({ address, prefix }) => `${address}/${prefix} on ${name}`),
    ]),
  );
}

function specsOf({ resolution }: RunReport): readonly NetworkSpec[] {
  return resolution.networks.map(({ spec }) => spec);
}
