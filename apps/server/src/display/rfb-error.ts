/** The other side does not speak RFB as we know it, or refuses. Ends the connection. */
export class RfbError extends Error {
  override readonly name = 'RfbError';
}
