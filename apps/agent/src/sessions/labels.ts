/*
 * Labels of Docker, the only memory that there is of sessions. Docker copies the labels of an image to its
 * containers, so that each of these is set for each container, if only to nothing.
 */

/** The id of the session, a UUID. */
export const SESSION_LABEL = 'io.sallyport.session-id';
export const NETWORK_LABEL = 'io.sallyport.network';
/** Hash of what was asked for: whether the same id again is the same wish. */
export const WISH_LABEL = 'io.sallyport.wish';
/** Port of the display in the container; empty: none. */
export const DISPLAY_LABEL = 'io.sallyport.display-port';
/** JSON of the commands that are run at a launch; empty: none. */
export const LAUNCH_LABEL = 'io.sallyport.launch';
/** The caller's own labels begin so. */
export const CALLER_LABEL = 'io.sallyport.x-';
/** Which those are, with commas between: an image may have labels of that beginning, and Docker copies them. */
export const CALLER_KEYS_LABEL = 'io.sallyport.labels';
/** On a volume: the agent has made it for a profile. */
export const PROFILE_LABEL = 'io.sallyport.profile';
/** In the container's environment, and nowhere else. */
export const DISPLAY_PASSWORD = 'SALLYPORT_DISPLAY_PASSWORD';

/** Docker gives a name once, so that a session can't get two containers. */
export function containerName(id: string): string {
  return `sallyport-session-${id}`;
}
