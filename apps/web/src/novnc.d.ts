/** What the page uses of noVNC 1.7; the package of types is of another version. */
declare module '@novnc/novnc' {
  class Rfb extends EventTarget {
    constructor(
      target: HTMLElement,
      url: string,
      options: { readonly shared: boolean; readonly wsProtocols: readonly string[] },
    );
    viewOnly: boolean;
    scaleViewport: boolean;
    resizeSession: boolean;
    /** 0 to 9. */
    qualityLevel: number;
    /** 0 to 9. */
    compressionLevel: number;
    background: string;
    disconnect(): void;
    focus(): void;
    /** Presses and lets go, where `down` is left out. @param code of KeyboardEvent; null: none */
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    sendCtrlAltDel(): void;
    clipboardPasteFrom(text: string): void;
    toDataURL(type?: string): string;
  }
  export { Rfb as default };
}
