import { SallyportError } from '@sallyport/contract/errors';

const START = 'Start it: sallyport server run; or name another: --server URL, SALLYPORT_SERVER';
const TLS = 'Give the right name, or trust its authority: NODE_EXTRA_CA_CERTS=FILE';

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['nobody listens there', START],
  ENOTFOUND: ['its name is not known', 'Correct the address: --server URL, SALLYPORT_SERVER'],
  EAI_AGAIN: ['names can not be looked up now', 'Look whether the network is up'],
  EHOSTUNREACH: ['there is no way to it', 'Look whether the network is up'],
  ENETUNREACH: ['there is no way to it', 'Look whether the network is up'],
  ECONNRESET: ['it stopped before it had answered', 'Look at its log, then try again'],
  EPIPE: ['it stopped before it had answered', 'Look at its log, then try again'],
  ETIMEDOUT: ['it took too long to answer', 'Look at its log, then try again'],
  EPROTO: ['it does not speak TLS', 'Use http:// where it is meant'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', 'Use http:// where it is meant'],
  HPE_INVALID_CONSTANT: ['it does not speak HTTP', 'Correct the address'],
};

/** @returns the refusal for whatever a connection to a server failed with */
export function serverUnreachable(origin: string, error: unknown): SallyportError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const isCertificate = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_/.test(code);
  const [reason, remedy] = isCertificate
    ? [`its certificate is not to be trusted (${message})`, TLS]
    : (REASONS[code] ?? [message, START]);
  return new SallyportError(
    'server_unreachable',
    `The server at ${origin} can not be reached: ${reason}.`,
    { remedy: `${remedy}.`, cause: error },
  );
}
