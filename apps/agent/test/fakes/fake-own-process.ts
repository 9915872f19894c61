import type { OwnProcess } from '../../src/ports/own-process.ts';

/** All capabilities, and a directory with room. */
export const ABLE: OwnProcess = {
  capabilities: async () => 0x1ffffffffffn,
  stateDir: async () => ({ path: '/var/lib/sallyport', refusal: null, freeBytes: 2 ** 40 }),
};
