import { networkCreateSchema } from '@sallyport/contract/network';
import { describe, expect, it } from 'vitest';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost } from '../fakes/fake-host.ts';

const A = networkCreateSchema.parse({ name: 'z_custom_a', egress: { ipv4: ['192.168.4.153'] } });
const B = networkCreateSchema.parse({
  name: 'z_custom_b',
  egress: { ipv4: ['192.168.56.103'] },
  gateway: '192.168.56.1',
});

async function guide() {
  const host = createGuideHost();
  const agent = await startFakeAgent(host);
  await agent.networks.create(A, null);
  await agent.networks.create(B, null);
  return { host, agent };
}

describe('the guide, on a fake host', () => {
  it('makes both networks', async () => {
    const { host } = await guide();
    await expect(await host.dump()).toMatchFileSnapshot('golden/guide.txt');
  });

  it('has nothing to do in a second run, nor after a restart but for the table', async () => {
    const { host, agent } = await guide();
    expect((await agent.run()).done).toEqual([]);
    const before = await host.dump();
    const next = await startFakeAgent(host);
    const kinds = (await next.run()).done.map(({ kind }) => kind);
    expect(kinds).toEqual(['table.replace', 'flows.end']);
    expect(await host.dump()).toBe(before);
  });

  it('blocks a network whose address is gone, and opens it again by itself', async () => {
    const { host, agent } = await guide();
    const before = await host.dump();
    host.kernel.removeAddress('enp0s3', '192.168.4.153');
    await agent.run();
    expect(agent.networks.show(A.name).state).toBe('Blocked');
    await expect(await host.dump()).toMatchFileSnapshot('golden/guide-address-gone.txt');
    host.kernel.addAddress('enp0s3', '192.168.4.153/24');
    await agent.run();
    expect(agent.networks.show(A.name).state).toBe('Ready');
    expect(await host.dump()).toBe(before);
  });

  it('leaves the host as it was when the last network is deleted', async () => {
    const host = createGuideHost();
    const agent = await startFakeAgent(host);
    const before = await host.dump();
    await agent.networks.create(A, null);
    await agent.networks.delete(A.name, null);
    const after = await host.dump();
    // The host goes on forwarding: Docker's own networks may need it by now.
    expect(after.replaceAll(/^(net\/\S+ = ).*$/gm, '$1')).toBe(
      before.replaceAll(/^(net\/\S+ = ).*$/gm, '$1'),
    );
  });
});
