import { describe, expect, it } from 'vitest';
import type { StateDirFacts } from '../ports/own-process.ts';
import { checkPermissions, checkStateDir } from './check-process.ts';

/** What the unit leaves: SETPCAP, NET_ADMIN, NET_RAW, SYS_PTRACE, SYS_ADMIN. */
const UNIT = 0x0000000000283100n;
const NET_ADMIN = 1n << 12n;

describe('permissions', () => {
  it('are enough with those of the unit', () => {
    expect(checkPermissions(UNIT)).toMatchObject({ level: 'ok', remedy: '' });
  });

  it('without CAP_NET_ADMIN are an error, in one sentence', () => {
    expect(checkPermissions(UNIT & ~NET_ADMIN)).toEqual({
      check: 'permissions',
      level: 'error',
      message:
        'the agent’s process lacks CAP_NET_ADMIN (to change nftables, routes, rules and flows)',
      remedy: 'run it as root by its own unit: sallyport agent install',
    });
  });

  it('name everything that is missing', () => {
    const { level, message } = checkPermissions(NET_ADMIN);
    expect(level).toBe('warning');
    for (const name of ['NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'SETPCAP'])
      expect(message).toContain(`CAP_${name}`);
    expect(checkPermissions(0n).level).toBe('error');
  });
});

describe('the state directory', () => {
  const FACTS: StateDirFacts = { path: '/var/lib/sallyport', refusal: null, freeBytes: 2 ** 33 };

  it.each<[string, Partial<StateDirFacts>, string]>([
    ['with room', {}, 'ok'],
    ['that nobody can measure', { freeBytes: null }, 'ok'],
    ['with little room', { freeBytes: 20 * 1024 * 1024 }, 'warning'],
    ['that is full', { freeBytes: 4096 }, 'error'],
    ['that is read-only', { refusal: 'EROFS: read-only file system' }, 'error'],
  ])('%s', (_, facts, level) => {
    const finding = checkStateDir({ ...FACTS, ...facts });
    expect(finding.level).toBe(level);
    expect(finding.remedy === '').toBe(level === 'ok');
  });
});
