import {
  DEFAULT_SETTINGS,
  EXPIRY_ACTIONS,
  type GroupSettings,
} from '@sallyport/core/group-settings';
import { badInput } from '../show-error.ts';

type Name = keyof GroupSettings;
type Settings = { readonly [N in Name]?: GroupSettings[N] | undefined };
/** As the contract takes it. */
type Written = { [N in Exclude<Name, 'allowedNetworks'>]?: GroupSettings[N] } & {
  allowedNetworks?: string[] | null;
};

const NAMES = Object.keys(DEFAULT_SETTINGS) as readonly Name[];

/** How a setting is written. */
type Kind = 'switch' | 'number' | 'seconds' | 'seconds or none' | 'action' | 'networks';

const KINDS: Readonly<Record<Name, Kind>> = {
  clipboardIn: 'switch',
  clipboardOut: 'switch',
  upload: 'switch',
  download: 'switch',
  sharing: 'switch',
  pauseSessions: 'switch',
  stopSessions: 'switch',
  deleteSessions: 'switch',
  persistentProfile: 'switch',
  maxSessions: 'number',
  keepaliveExpiration: 'seconds',
  keepaliveAction: 'action',
  idleDisconnect: 'seconds or none',
  sessionTimeLimit: 'seconds or none',
  allowedNetworks: 'networks',
};

const EXAMPLES: Readonly<Record<Kind, string>> = {
  switch: 'yes or no',
  number: 'a number such as 5',
  seconds: 'seconds such as 3600',
  'seconds or none': 'seconds such as 3600, or none',
  action: EXPIRY_ACTIONS.join(', '),
  networks: 'names such as z_custom_a,z_custom_b, or all',
};

/** What completion offers for `--setting`. */
export const SETTING_OFFER: readonly string[] = NAMES.map((name) => `${name}=`);

/** How a setting reads: `yes`, `3600`, `none`, `all`. */
function settingText(name: Name, value: GroupSettings[Name]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  if (value === null) return name === 'allowedNetworks' ? 'all' : 'none';
  const unit = KINDS[name].startsWith('seconds') ? ' s' : '';
  return `${String(value)}${unit}`;
}

/** Name and value of each setting that is there. */
export function settingPairs(settings: Settings): readonly (readonly [string, string])[] {
  return NAMES.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, settingText(name, value)] as const];
  });
}

/**
 * Reads `NAME=VALUE` words. `inherit` leaves a setting to the next group.
 * @param before the settings that are changed
 * @throws SallyportError `invalid_input`
 */
export function changeSettings(before: Settings, words: readonly string[]): Written {
  const changed: Record<string, unknown> = { ...before };
  for (const word of words) {
    const [name = '', ...rest] = word.split('=');
    const text = rest.join('=').trim();
    if (!isName(name) || rest.length === 0) {
      throw badInput('--setting', word, {
        message: 'is no setting',
        remedy: `give NAME=VALUE; names are ${NAMES.join(', ')}`,
      });
    }
    if (text === 'inherit') delete changed[name];
    else changed[name] = readValue(name, text, word);
  }
  return changed;
}

function isName(text: string): text is Name {
  return NAMES.some((name) => name === text);
}

const SWITCH: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
};

function readValue(name: Name, text: string, word: string): unknown {
  const kind = KINDS[name];
  const value = valueOf(kind, text);
  if (value !== undefined) return value;
  throw badInput('--setting', word, {
    message: 'has a value that does not fit',
    remedy: `give ${EXAMPLES[kind]}, or inherit`,
  });
}

/** Undefined: it does not fit. Limits are the contract's affair. */
function valueOf(kind: Kind, text: string): unknown {
  switch (kind) {
    case 'switch':
      return SWITCH[text];
    case 'number':
    case 'seconds':
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    case 'seconds or none':
      if (text === 'none') return null;
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    case 'action':
      return EXPIRY_ACTIONS.find((action) => action === text);
    case 'networks':
      if (text === 'all') return null;
      return text === 'none' || text === '' ? [] : text.split(',');
    default:
      return kind satisfies never;
  }
}
