import { createFakeAgent, networkNamed } from './fake-agent.ts';
import { describeSessionHost } from './session-host-contract.ts';

const agent = createFakeAgent();
const network = networkNamed('z_custom_a');
agent.networks.set(network.name, network);
agent.sessions.images = new Set(['desktop:1']);

describeSessionHost('the fake', () => ({
  link: agent.link,
  image: 'desktop:1',
  network: network.name,
  address: network.egress.ipv4[0] ?? '',
}));
