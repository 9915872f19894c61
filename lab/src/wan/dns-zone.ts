import { isIPv4 } from 'node:net';
import {
  recordTypes,
  renderDnsAnswer,
  renderIpv4Data,
  renderTextData,
  responseCodes,
  type DnsQuestion,
  type DnsRecord,
} from './dns-message.ts';

/** The zone for which the machine beyond answers. */
export const labZone = 'lab.test';

/** The address that every other name of the zone has. */
export const labZoneAddress = '198.51.100.10';

function recordsOf(name: string, type: number, asker: string): readonly DnsRecord[] {
  const whoami = name === `whoami.${labZone}`;
  if (type === recordTypes.TXT && whoami) return [{ type, data: renderTextData(asker) }];
  if (type !== recordTypes.A) return [];
  const address = whoami ? asker : labZoneAddress;
  return isIPv4(address) ? [{ type, data: renderIpv4Data(address) }] : [];
}

/** The answer of the lab's zone; names outside of it are refused. */
export function answerDns(question: DnsQuestion, asker: string): Buffer {
  const name = question.name.toLowerCase();
  if (name !== labZone && !name.endsWith(`.${labZone}`)) {
    return renderDnsAnswer(question, responseCodes.refused, []);
  }
  return renderDnsAnswer(question, responseCodes.ok, recordsOf(name, question.type, asker));
}
