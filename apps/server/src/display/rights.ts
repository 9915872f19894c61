/** What somebody may do with the desktop of a session, beside seeing it. */
export interface DisplayRights {
  /** Keys, pointer and the size of the desktop. Without it everything else is off, too. */
  readonly control: boolean;
  /** Text from the browser into the session. */
  readonly clipboardIn: boolean;
  /**
   * Text from the session to the browser. What a server sends lies between framebuffer updates,
   * whose length is only known by decoding them, so it can't be taken out here. Instead the server
   * is told, in the viewer's name, to send texts on request only, and requests are dropped: that
   * holds for servers with the extended clipboard, such as TigerVNC 1.12. Where nobody may have texts,
   * Xvnc is started with `-SendCutText=0` as well.
   */
  readonly clipboardOut: boolean;
}

/** Seeing alone. */
export const VIEW_ONLY: DisplayRights = { control: false, clipboardIn: false, clipboardOut: false };

/** What both allow. */
export function commonRights(one: DisplayRights, other: DisplayRights): DisplayRights {
  return {
    control: one.control && other.control,
    clipboardIn: one.clipboardIn && other.clipboardIn,
    clipboardOut: one.clipboardOut && other.clipboardOut,
  };
}
