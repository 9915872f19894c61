/** The ports on which the machine beyond listens, on each of its addresses. */
export const wanPorts = {
  /** TCP and UDP echo (RFC 862), each with a word about who asked. */
  echo: 7,
  /** Swallows what it gets (RFC 863). */
  sink: 9,
  /** Sends without end (RFC 864). */
  source: 19,
  dns: 53,
  http: 80,
  stun: 3478,
} as const;
