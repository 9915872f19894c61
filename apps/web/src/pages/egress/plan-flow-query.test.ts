import { flowQuerySchema } from '@sallyport/contract/flows';
import { expect, test } from 'vitest';
import { planFlowQuery } from './plan-flow-query.ts';

test('what is left empty is not asked for', () => {
  expect(planFlowQuery({ address: ' ', port: '', time: '' })).toEqual({});
});

test('a time means its whole second, and the contract takes the question', () => {
  const asked = planFlowQuery({
    address: ' 192.168.4.153 ',
    port: '443',
    time: '2026-11-23T12:30:05',
  });
  const since = new Date(2026, 10, 23, 12, 30, 5).getTime();
  expect(flowQuerySchema.parse(asked)).toEqual({
    address: '192.168.4.153',
    port: 443,
    since,
    until: since + 999,
    limit: 100,
  });
});
