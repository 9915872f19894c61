import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What the environment says. This file alone reads it. */
export interface Environment {
  readonly socket: string;
  /** The user who asks, for the agent's events. */
  readonly actor: string;
  /** Whether the environment allows colour on a terminal (no-color.org, terminfo's `dumb`). */
  readonly colour: boolean;
  /** The address of the server. */
  readonly server: string | undefined;
  readonly apiKey: string | undefined;
  /** Where logins are kept. */
  readonly credentialsFile: string;
  /** Whether a browser that is started here would be seen. */
  readonly display: boolean;
  /** DOCKER_HOST */
  readonly dockerHost: string | undefined;
}

export const DEFAULT_SOCKET = '/run/sallyport/agent.sock';
export const DEFAULT_DOCKER_HOST = 'unix:///var/run/docker.sock';

export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  return {
    socket: variables['SALLYPORT_AGENT_SOCKET'] || DEFAULT_SOCKET,
    actor: variables['SUDO_USER'] || userName(),
    colour: !variables['NO_COLOR'] && variables['TERM'] !== 'dumb',
    server: variables['SALLYPORT_SERVER'] || undefined,
    apiKey: variables['SALLYPORT_API_KEY'] || undefined,
    credentialsFile: join(configFolder(variables), 'sallyport', 'credentials.json'),
    display: Boolean(variables['DISPLAY'] || variables['WAYLAND_DISPLAY']),
    dockerHost: variables['DOCKER_HOST'] || undefined,
  };
}

/** XDG base directories: a relative path is to be ignored. */
function configFolder(variables: Readonly<Record<string, string | undefined>>): string {
  const named = variables['XDG_CONFIG_HOME'] ?? '';
  return isAbsolute(named) ? named : join(variables['HOME'] || homedir(), '.config');
}

/** A user id that no passwd entry names, as in many containers, makes userInfo() throw. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
