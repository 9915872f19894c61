/** What somebody may do with the desktop of a session, beside seeing it. */
export interface DisplayRights {
  /** Keys, pointer and the size of the desktop. Without it everything else is off, too. */
  readonly control: boolean;
  /** Text from the browser into the session. */
  readonly clipboardIn: boolean;
  /**
   * Text from the session to the browser. What the gateway can stop is the client's asking for it.
   * What an RFB server sends unasked lies between framebuffer updates, whose length is only known
   * by decoding them: Xvnc itself has to be started with `-SendCutText=0`.
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
