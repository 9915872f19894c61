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
const ZONE = 'lab.test';

/** The address that every name of the zone has, but for whoami. */
const ZONE_ADDRESS = '198.51.100.10';

/** TXT of any name, and A of whoami, are the asker's address; so a question with a unique name tells too. */
function recordsOf(name: string, type: number, asker: string): readonly DnsRecord[] {
  if (type === recordTypes.TXT) return [{ type, data: renderTextData(asker) }];
  if (type !== recordTypes.A) return [];
  const address = name === `whoami.${ZONE}` ? asker : ZONE_ADDRESS;
  return isIPv4(address) ? [{ type, data: renderIpv4Data(address) }] : [];
}

/** The answer of the lab's zone; names outside of it are refused. */
export function answerDns(question: DnsQuestion, asker: string): Buffer {
  const name = question.name.toLowerCase();
  if (name !== ZONE && !name.endsWith(`.${ZONE}`)) {
    return renderDnsAnswer(question, responseCodes.refused, []);
  }
  return renderDnsAnswer(question, responseCodes.ok, recordsOf(name, question.type, asker));
}
