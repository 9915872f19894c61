import { SallyportError } from '@sallyport/contract/errors';
import type { Sysctl } from '../../src/ports/host.ts';
import type { Mutations } from './mutations.ts';

/** Kernel parameters of a host as it comes out of the box: it forwards nothing. */
export class FakeSysctl implements Sysctl {
  readonly #mutations: Mutations;
  readonly values = new Map([
    ['ipv4/ip_forward', '0'],
    ['ipv4/conf/all/src_valid_mark', '0'],
    ['ipv4/conf/all/rp_filter', '0'],
  ]);

  constructor(mutations: Mutations) {
    this.#mutations = mutations;
  }

  async read(path: string): Promise<string | null> {
    return this.values.get(path) ?? null;
  }

  write(path: string, value: string): Promise<void> {
    return this.#mutations.mutate('sysctl.write', () => {
      if (!this.values.has(path))
        throw new SallyportError('host_refused', `net/${path} can not be set to ${value}`);
      this.values.set(path, value);
    });
  }
}
