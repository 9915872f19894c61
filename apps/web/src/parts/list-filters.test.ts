import { expect, test } from 'vitest';
import { narrow } from './list-filters.tsx';

test('rows that have all the values stay', () => {
  const rows = [
    { id: 1, state: 'running', network: 'a' },
    { id: 2, state: 'running', network: 'b' },
    { id: 3, state: 'stopped', network: 'a' },
  ];
  const filters = [
    { head: 'State', filter: ({ state }: { readonly state: string }) => state },
    { head: 'Network', filter: ({ network }: { readonly network: string }) => network },
    { head: 'Id' },
  ];
  const ids = (to: Record<string, string>) => narrow(rows, filters, to).map(({ id }) => id);
  expect(ids({})).toEqual([1, 2, 3]);
  expect(ids({ State: 'running' })).toEqual([1, 2]);
  expect(ids({ State: 'running', Network: 'a' })).toEqual([1]);
  expect(ids({ State: 'gone' })).toEqual([]);
});
