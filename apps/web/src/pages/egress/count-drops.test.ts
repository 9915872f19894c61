import { expect, test } from 'vitest';
import { texts } from '../../texts.ts';
import { countDrops } from './count-drops.ts';

const LEAKS = Object.keys(texts.egress.drops.leaks);

test('what tried another way is counted apart from what is not allowed, and from what is too fast', () => {
  const drops = {
    drop_wrong_egress: { packets: 3, bytes: 180 },
    drop_ipv6: { packets: 5, bytes: 400 },
    drop_spoofed: { packets: 0, bytes: 0 },
    drop_private: { packets: 7, bytes: 420 },
    drop_upload: { packets: 1000, bytes: 60_000 },
  };
  expect(countDrops(drops, LEAKS)).toEqual({
    attempts: 8,
    reasons: [
      ['drop_ipv6', 5],
      ['drop_wrong_egress', 3],
    ],
    denied: 7,
  });
});
