import { badInput } from '../show-error.ts';

/** Where `sallyport server run` and `sallyport up` listen unless they are told otherwise. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8080';

/**
 * The origin of a server's address. Not only a host: by which of http and https the password goes is
 * nothing to guess.
 * @throws SallyportError `invalid_input`
 */
export function parseServerUrl(field: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badInput(field, text, {
      message: 'is not the address of a server',
      remedy: `give one such as https://desk.example or ${DEFAULT_SERVER}`,
    });
  }
  const { username, password, pathname, search, hash } = url;
  if (username !== '' || password !== '' || pathname !== '/' || search !== '' || hash !== '') {
    throw badInput(field, `${url.protocol}//…`, {
      message: 'has more than a host and a port',
      remedy: `give only ${url.origin}`,
    });
  }
  return url.origin;
}

/** Whether nobody on the way can read along: https, or a machine's talk with itself. */
export function isPrivateWay(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
