import { networkUpdateSchema } from '@sallyport/contract/network';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeAgent, startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { A, B } from '../reconcile/changes.ts';

/* Where a network's containers may connect to, and how fast: from the wish to the host and back. */

let host: FakeHost;
let agent: FakeAgent;
beforeEach(async () => {
  host = createGuideHost();
  agent = await startFakeAgent(host);
  await agent.networks.create(A, null);
  await agent.networks.create(B, null);
});

const update = (change: object) =>
  agent.networks.update(A.name, networkUpdateSchema.parse(change), null);
const elementsOf = (set: string) => host.nft.elements[set] ?? [];

describe('destinations', () => {
  it('are elements of the table, for one network and not for the other', async () => {
    await update({ destinations: { deny: ['192.168.4.0/24'], hostServices: ['udp/53'] } });
    expect(elementsOf('policies')).toEqual([
      '"z_custom_a" : goto own_lists',
      '"z_custom_b" : goto preset_lan_allowed',
    ]);
    expect(elementsOf('denied4')).toContain('"z_custom_a" . 192.168.4.0/24 : goto stop_denied');
    expect(elementsOf('denied4').some((element) => element.includes('z_custom_b'))).toBe(false);
    expect(elementsOf('host_services')).toEqual(['"z_custom_a" . udp . 53']);
  });

  it('that are not named stay, and an empty list empties', async () => {
    await update({ destinations: { deny: ['192.168.4.0/24'], allow: ['192.168.4.9'] } });
    await update({ destinations: { preset: 'any' } });
    await update({ destinations: { allow: [] } });
    expect(agent.networks.show(A.name).destinations).toEqual({
      preset: 'any',
      allow: [],
      deny: ['192.168.4.0/24'],
      hostServices: [],
    });
  });

  it('that contradict what is there are refused, with both lists named, and nothing is changed', async () => {
    await update({ destinations: { deny: ['192.168.4.0/24'] } });
    const before = await host.dump();
    const refused = update({ destinations: { allow: ['192.168.4.0/24'] } });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [
        {
          field: 'destinations.allow[0]',
          message: 'is in both lists: allow 192.168.4.0/24 and deny 192.168.4.0/24',
        },
      ],
    });
    expect(await host.dump()).toBe(before);
  });

  it('follow the addresses of the host, without being told as a repair', async () => {
    await update({ destinations: { preset: 'internet-only' } });
    expect(elementsOf('preset_internet_only4')).not.toContain('203.0.113.0/24 : goto stop_private');
    host.kernel.addAddress('enp0s8', '203.0.113.7/24');
    const { repaired } = await agent.run('ip monitor');
    expect(elementsOf('preset_internet_only4')).toContain('203.0.113.0/24 : goto stop_private');
    expect(repaired).toBe(false);
  });

  it('are exported, and applied again without a difference', async () => {
    await update({ destinations: { preset: 'internet-only', allow: ['192.168.4.9'] } });
    await update({ bandwidth: { upload: '20mbit' } });
    const document = agent.networks.exportDocument();
    const request = { document, dryRun: true, prune: false };
    const { changes } = await agent.networks.apply(request, null);
    expect(changes.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(document.networks[0]).toMatchObject({
      destinations: { preset: 'internet-only', allow: ['192.168.4.9/32'] },
      bandwidth: { upload: 20_000_000, download: null },
    });
  });
});

describe('bandwidth', () => {
  const queue = { bridge: 'z_custom_a', rate: 5_000_000 };

  it('is a queue for downloads and a limit of the table for uploads', async () => {
    await update({ bandwidth: { upload: '20mbit', download: '40mbit' } });
    expect(await host.shaping.observe()).toEqual([queue]);
    expect(elementsOf('uploads')).toEqual([expect.stringMatching(/^"z_custom_a" : "upload_\w+"$/)]);
    expect((await host.nft.listTable())?.structure).toContain('rate over 2500000 bytes/second');
    await update({ bandwidth: { download: null } });
    expect(await host.shaping.observe()).toEqual([]);
    expect(agent.networks.show(A.name).bandwidth).toEqual({ upload: 20_000_000, download: null });
  });

  it('is made good, and told as a repair', async () => {
    await update({ bandwidth: { download: '40mbit' } });
    host.shaping.loseQueue('z_custom_a');
    const report = await agent.run('tc monitor');
    expect(report.done.map(({ kind }) => kind)).toEqual(['bandwidth.set']);
    expect(report.repaired).toBe(true);
    expect(await host.shaping.observe()).toEqual([queue]);
  });

  it('that the host refuses is taken back', async () => {
    const before = await host.dump();
    host.shaping.refuses = true;
    const refused = update({ bandwidth: { download: '40mbit' } });
    await expect(refused).rejects.toMatchObject({ code: 'host_refused' });
    expect(agent.networks.show(A.name)).toMatchObject({
      state: 'Ready',
      bandwidth: { upload: null, download: null },
    });
    expect(await host.dump()).toBe(before);
  });

  it('goes with its network', async () => {
    await update({ bandwidth: { upload: '20mbit', download: '40mbit' } });
    await agent.networks.delete(A.name, null);
    expect(await host.shaping.observe()).toEqual([]);
    expect(elementsOf('uploads')).toEqual([]);
  });
});
