import { userInfo } from 'node:os';

/** What the environment says. This file alone reads it. */
export interface Environment {
  readonly socket: string;
  /** The user who asks, for the agent's events. */
  readonly actor: string;
  /** Whether the environment allows colour on a terminal (no-color.org, terminfo's `dumb`). */
  readonly colour: boolean;
}

export const DEFAULT_SOCKET = '/run/sallyport/agent.sock';

export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  return {
    socket: variables['SALLYPORT_AGENT_SOCKET'] || DEFAULT_SOCKET,
    actor: variables['SUDO_USER'] || userName(),
    colour: !variables['NO_COLOR'] && variables['TERM'] !== 'dumb',
  };
}

/** A user id that no passwd entry names, as in many containers, makes userInfo() throw. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
