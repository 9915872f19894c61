import type { FlowAnswer } from '@sallyport/contract/flows';
import { ServerProcess } from '@sallyport/lab/server-process';
import { progress, startAgent, withLab } from '../egress/bench-lab.ts';
import { connectionRate, startHttp } from '../egress/generators.ts';
import { type Figure, limitFigure, percentile, plainFigure } from '../figures.ts';
import { openApi } from './api.ts';
import type { ListTimes } from './lists.ts';

const NETWORK = 'z_custom_a';
const ADDRESS = '192.168.4.153';
const BELOW_MS = 50;
/** Each adds some ten thousand flows. */
const MOST_LOADS = 20;

interface Amounts {
  readonly flows: number;
  readonly rounds: number;
}

/** Questions to the flow log over HTTP, through server and agent, when so many flows are in it. */
export async function measureFlows({ flows, rounds }: Amounts): Promise<{
  readonly figures: readonly Figure[];
  readonly lists: readonly ListTimes[];
}> {
  return withLab('flows', async (lab) => {
    await startHttp(lab);
    const agent = await startAgent(lab);
    const server = new ServerProcess(lab);
    await server.start();
    const api = await openApi(server.url, server.password);
    try {
      await api.send('POST', '/api/v1/networks', { name: NETWORK, egress: { ipv4: [ADDRESS] } });
      await lab.runContainer({ name: 'load', network: NETWORK });
      /* oxlint-disable no-await-in-loop -- one after the other */
      let there = await api.get<FlowAnswer>(`/api/v1/flows?limit=${flows}`);
      for (let loads = 0; there.flows.length < flows; loads += 1) {
        if (loads === MOST_LOADS) throw new Error(`only ${there.flows.length} flows were written`);
        progress(`${there.flows.length} of ${flows} flows …`);
        await connectionRate(lab, 'load');
        there = await api.get<FlowAnswer>(`/api/v1/flows?limit=${flows}`);
      }
      const one = there.flows[Math.floor(flows / 2)]?.leaving.port;
      const questions = [
        { name: 'flows, the newest 100', path: '?limit=100', expected: 100 },
        { name: 'flows of one address and port', path: `?address=${ADDRESS}&port=${one}` },
        {
          name: `flows, the newest ${flows.toLocaleString('en')}`,
          path: `?limit=${flows}`,
          expected: flows,
        },
      ];
      const lists: ListTimes[] = [];
      const figures: Figure[] = [];
      for (const { name, path, expected } of questions) {
        const values: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const { ms, answer } = await api.timed(`/api/v1/flows${path}`);
          const found = (answer as FlowAnswer).flows.length;
          if (found === 0 || (expected !== undefined && found !== expected)) {
            throw new Error(`${name}: ${found}, and not ${expected ?? 'one or more'}`);
          }
          values.push(ms);
        }
        const p95 = percentile(values, 0.95);
        lists.push({
          list: name,
          database: 'the agent',
          pages: rounds,
          p50: percentile(values, 0.5),
          p95,
          worst: Math.max(...values),
        });
        figures.push(
          expected === flows
            ? plainFigure(`${name}, p95`, `${Math.round(p95)} ms`)
            : limitFigure(`${name}, p95`, p95, { below: BELOW_MS, unit: 'ms' }),
        );
      }
      /* oxlint-enable no-await-in-loop */
      return { figures, lists };
    } finally {
      api.close();
      await server.stop();
      await agent.stop();
    }
  });
}
