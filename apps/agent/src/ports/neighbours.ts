/** A router of one of this host's uplinks. */
export interface Router {
  readonly device: string;
  readonly gateway: string;
}

/** What the kernel knows of its neighbours (RFC 826). */
export interface Neighbours {
  /**
   * Which of these answered the last time that they were asked, in their order; null: nobody has asked yet. Asks
   * each of them again; nothing goes further than the link.
   *
   * @throws SallyportError `host_refused`
   */
  ask(routers: readonly Router[]): Promise<readonly (boolean | null)[]>;
}
