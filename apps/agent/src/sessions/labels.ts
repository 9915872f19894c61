/** Labels of Docker, the only memory that there is of sessions. */
export const SESSION_LABEL = 'io.sallyport.session-id';
export const NETWORK_LABEL = 'io.sallyport.network';
/** Hash of what was asked for: whether the same id again is the same wish. */
export const WISH_LABEL = 'io.sallyport.wish';
/** Port of the display in the container. */
export const DISPLAY_LABEL = 'io.sallyport.display-port';
/** The caller's own labels begin so. */
export const CALLER_LABEL = 'io.sallyport.x-';
/** On a volume: the agent has made it for a profile. */
export const PROFILE_LABEL = 'io.sallyport.profile';
/** In the container's environment, and nowhere else. */
export const DISPLAY_PASSWORD = 'SALLYPORT_DISPLAY_PASSWORD';

/** Docker gives a name once, so that a session can't get two containers. */
export function containerName(id: string): string {
  return `sallyport-session-${id}`;
}
