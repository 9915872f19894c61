import { Group, Text, Title } from '@mantine/core';
import { useApi } from '../../api/use-api.ts';
import { texts } from '../../texts.ts';
import { countDrops } from './count-drops.ts';

const words = texts.egress.drops;
const LEAKS: Readonly<Record<string, string>> = words.leaks;

/** How often something tried to leave by another way, and was stopped. The kernel counts by reason alone. */
export function Drops() {
  const host = useApi('showHost', {}, { live: true });
  if (host.data === undefined) return null;
  const { attempts, reasons, denied } = countDrops(host.data.drops, Object.keys(LEAKS));
  return (
    <section className="panel drops" aria-label={words.title}>
      <Group gap="xl" align="center">
        <div>
          <Text component="p" className="figure">
            {attempts.toLocaleString()}
          </Text>
          <Title order={2}>{words.title}</Title>
          <Text size="xs" className="quiet">
            {attempts === 0 ? words.none : words.whole} {denied > 0 && words.denied(denied)}
          </Text>
        </div>
        {reasons.length > 0 && (
          <ul className="reasons">
            {reasons.map(([reason, packets]) => (
              <li key={reason}>
                <b>{words.packets(packets)}</b> {LEAKS[reason]}
              </li>
            ))}
          </ul>
        )}
      </Group>
    </section>
  );
}
