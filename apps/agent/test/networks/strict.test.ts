import { documentSchema } from '@sallyport/contract/document';
import { networkUpdateSchema } from '@sallyport/contract/network';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Strays } from '../../src/plan/table-strays.ts';
import { startFakeAgent } from '../fake-agent.ts';
import { createGuideHost, type FakeHost } from '../fakes/fake-host.ts';
import { A } from '../reconcile/changes.ts';

/* A strict network, from the wish to the table and back. */

const STRAYS: Strays = {
  strays4: ['172.17.0.2 . "docker0"'],
  strays6: ['fd00::2 . "docker0"'],
};

let host: FakeHost;
beforeEach(() => {
  host = createGuideHost();
});

const elementsOf = (set: string) => host.nft.elements[set] ?? [];

describe('a strict network', () => {
  it('is one when asked for, stays one over a restart, and is not when not', async () => {
    const agent = await startFakeAgent(host);
    await agent.networks.create({ ...A, strict: true }, null);
    const next = await startFakeAgent(host);
    expect(next.networks.show(A.name).strict).toBe(true);
    await next.networks.update(A.name, networkUpdateSchema.parse({ dns: ['9.9.9.9'] }), null);
    expect(next.networks.show(A.name).strict).toBe(true);
    await next.networks.update(A.name, networkUpdateSchema.parse({ strict: false }), null);
    expect(next.networks.show(A.name).strict).toBe(false);
  });

  it('is exported, and applied with the difference told', async () => {
    const agent = await startFakeAgent(host);
    await agent.networks.create({ ...A, strict: true }, null);
    const document = documentSchema.parse(agent.networks.exportDocument());
    const apply = (networks: typeof document.networks) =>
      agent.networks.apply({ document: { networks }, dryRun: true, prune: false }, null);
    expect((await apply(document.networks)).changes).toMatchObject([{ action: 'unchanged' }]);
    const loose = document.networks.map((network) => ({ ...network, strict: false }));
    expect((await apply(loose)).changes).toMatchObject([
      { action: 'update', details: ['strict: yes -> no'] },
    ]);
  });
});

describe('what is to be stopped', () => {
  it('are elements of the table, and changing them is no repair', async () => {
    let strays: Strays = STRAYS;
    const agent = await startFakeAgent(host, () => strays);
    await agent.networks.create(A, null);
    expect([elementsOf('strays4'), elementsOf('strays6')]).toEqual([
      STRAYS.strays4,
      STRAYS.strays6,
    ]);
    strays = { strays4: [], strays6: [] };
    const { repaired, done } = await agent.run();
    expect(repaired).toBe(false);
    expect(done.map(({ kind }) => kind)).toEqual(['table.change']);
    expect(elementsOf('strays4')).toEqual([]);
  });

  it('stays stopped while an agent that has just started does not know it yet', async () => {
    const agent = await startFakeAgent(host, () => STRAYS);
    await agent.networks.create(A, null);
    const next = await startFakeAgent(host, () => null);
    expect((await next.run()).done.map(({ kind }) => kind)).toContain('table.replace');
    expect(elementsOf('strays4')).toEqual(STRAYS.strays4);
    expect(elementsOf('strays6')).toEqual(STRAYS.strays6);
  });

  it('is mended when somebody takes an element out', async () => {
    const agent = await startFakeAgent(host, () => STRAYS);
    await agent.networks.create(A, null);
    host.nft.loseElement('strays4', STRAYS.strays4[0] ?? '');
    expect((await agent.run()).repaired).toBe(true);
    expect(elementsOf('strays4')).toEqual(STRAYS.strays4);
  });
});
