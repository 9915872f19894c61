import { expect, it, vi } from 'vitest';
import { GatewayWatch } from './gateway-watch.ts';

const ROUTER = { device: 'enp0s3', gateway: '192.168.4.1' };
const OTHER = { device: 'enp0s8', gateway: '192.168.56.1' };

function watch() {
  const answers = new Map<string, boolean | null>();
  const onChange = vi.fn<() => void>();
  let due = false;
  const gateways = new GatewayWatch({
    neighbours: {
      ask: async (routers) =>
        routers.map(({ gateway }) => {
          const answer = answers.get(gateway);
          return answer === undefined ? true : answer;
        }),
    },
    onChange,
    isDue: () => due,
    onFailure: () => undefined,
  });
  gateways.watch([ROUTER, OTHER, ROUTER]);
  const look = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await gateways.look();
  };
  return { answers, onChange, gateways, look, setDue: (value: boolean) => (due = value) };
}

it('a router is silent when it has missed three questions in a row, and that is told once', async () => {
  const { answers, onChange, gateways, look } = watch();
  answers.set(ROUTER.gateway, false);
  await look(2);
  answers.set(ROUTER.gateway, true);
  await look(1);
  answers.set(ROUTER.gateway, false);
  await look(2);
  expect(gateways.isSilent(ROUTER)).toBe(false);
  expect(onChange).not.toHaveBeenCalled();
  await look(3);
  expect(gateways.isSilent(ROUTER)).toBe(true);
  expect(gateways.isSilent(OTHER)).toBe(false);
  expect(onChange).toHaveBeenCalledTimes(1);
  answers.set(ROUTER.gateway, true);
  await look(1);
  expect(gateways.isSilent(ROUTER)).toBe(false);
  expect(onChange).toHaveBeenCalledTimes(2);
});

it('what nobody has asked yet is no answer, and no silence', async () => {
  const { answers, gateways, look } = watch();
  answers.set(ROUTER.gateway, null);
  await look(5);
  expect(gateways.isSilent(ROUTER)).toBe(false);
});

it('the loop is woken while a network would go back', async () => {
  const { onChange, look, setDue } = watch();
  setDue(true);
  await look(1);
  expect(onChange).toHaveBeenCalledTimes(1);
});
