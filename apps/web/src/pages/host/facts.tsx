import type { HostView } from '@sallyport/contract/host';
import { Paper } from '@mantine/core';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';

/** What runs on the host, and when it was looked at last. */
export function HostFacts({ host }: { readonly host: HostView }) {
  const { kernel, docker, agent, pool } = host;
  const last = agent.lastReconcile;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [texts.host.kernel, kernel],
    [texts.host.docker, docker.version ?? texts.host.noDocker],
    [texts.host.agent, texts.host.agentIs(agent.version, showTime(agent.startedAt))],
    [texts.host.pool, texts.host.poolUse(pool.used, pool.capacity, pool.prefix)],
    ...(last === null
      ? []
      : [
          [
            texts.host.lastLook,
            texts.host.lookIs(showTime(last.at), Math.round(last.durationMs)),
          ] as const,
        ]),
  ];
  return (
    <Paper withBorder p="md">
      <dl className="facts">
        {facts.flatMap(([name, value]) => [
          <dt key={name}>{name}</dt>,
          <dd key={value}>{value}</dd>,
        ])}
      </dl>
    </Paper>
  );
}
