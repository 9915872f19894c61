/** What a session does when nobody looks at it any more. */
export const EXPIRY_ACTIONS = ['delete', 'stop', 'pause'] as const;

/** What groups decide for the people in them. */
export interface GroupSettings {
  readonly clipboardIn: boolean;
  readonly clipboardOut: boolean;
  readonly upload: boolean;
  readonly download: boolean;
  readonly sharing: boolean;
  readonly pauseSessions: boolean;
  readonly stopSessions: boolean;
  readonly deleteSessions: boolean;
  readonly persistentProfile: boolean;
  readonly maxSessions: number;
  /** Seconds without a keepalive before `keepaliveAction`. */
  readonly keepaliveExpiration: number;
  readonly keepaliveAction: (typeof EXPIRY_ACTIONS)[number];
  /** Seconds without input before the desktop is disconnected; null: never. */
  readonly idleDisconnect: number | null;
  /** Seconds from the start of a session to its end; null: none. */
  readonly sessionTimeLimit: number | null;
  /** Names of the networks that may be chosen; null: all. */
  readonly allowedNetworks: readonly string[] | null;
}

export const DEFAULT_SETTINGS: GroupSettings = {
  clipboardIn: true,
  clipboardOut: true,
  upload: true,
  download: true,
  sharing: false,
  pauseSessions: true,
  stopSessions: true,
  deleteSessions: true,
  persistentProfile: false,
  maxSessions: 5,
  keepaliveExpiration: 3600,
  keepaliveAction: 'delete',
  idleDisconnect: null,
  sessionTimeLimit: null,
  allowedNetworks: null,
};

/** A group as far as its settings go. A setting that is absent leaves the choice to the next group. */
export interface SettingsSource {
  readonly name: string;
  /** The lowest number decides first. */
  readonly priority: number;
  readonly settings: Readonly<Partial<GroupSettings>>;
}

/**
 * What holds for a person: each setting comes from the group of the lowest priority number that has
 * it; among equals the name decides, so that the answer never depends on the order of rows.
 */
export function effectiveSettings(groups: readonly SettingsSource[]): GroupSettings {
  const weakestFirst = groups.toSorted(
    (a, b) => b.priority - a.priority || (a.name < b.name ? 1 : -1),
  );
  return weakestFirst.reduce<GroupSettings>(
    (settings, group) => ({ ...settings, ...group.settings }),
    DEFAULT_SETTINGS,
  );
}
