import { SallyportError } from '@sallyport/contract/errors';
import { OIDC_PATH } from '@sallyport/contract/server/pages';
import * as client from 'openid-client';
import type { OidcConfig } from './oidc-config.ts';

/** What the browser keeps between leaving for the provider and coming back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636: who has the code alone can do nothing with it. */
  readonly verifier: string;
}

/** What the provider says of somebody. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Path below the public address to which the provider sends people back. */
export const CALLBACK_PATH = `${OIDC_PATH}/callback`;

/** Speaks with the provider (OpenID Connect Core 1.0, authorization code flow). */
export class OidcClient {
  readonly config: OidcConfig;
  #discovered: Promise<client.Configuration> | null = null;

  constructor(config: OidcConfig) {
    this.config = config;
  }

  /** @throws SallyportError `oidc_unreachable` */
  async begin(): Promise<{ readonly url: URL; readonly pending: PendingSignIn }> {
    const provider = await this.#provider();
    const pending: PendingSignIn = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: new URL(CALLBACK_PATH, this.config.publicUrl).href,
      scope: this.config.scopes.join(' '),
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url, pending };
  }

  /**
   * @param search the query with which the provider sent somebody back
   * @throws SallyportError `oidc_unreachable`; `oidc_failed` where anything does not fit
   */
  async finish(search: string, pending: PendingSignIn): Promise<Claims> {
    const provider = await this.#provider();
    const current = new URL(`${CALLBACK_PATH}${search}`, this.config.publicUrl);
    try {
      const tokens = await client.authorizationCodeGrant(provider, current, {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('there is no ID token');
      if (provider.serverMetadata().userinfo_endpoint === undefined) return claims;
      const more = await client.fetchUserInfo(provider, tokens.access_token, claims.sub);
      return { ...claims, ...more, sub: claims.sub };
    } catch (error) {
      throw new SallyportError(
        'oidc_failed',
        `The sign-in was not accepted: ${(error as Error).message}`,
        {
          remedy: 'Begin again; if it stays so, ask an administrator to look at the log.',
          cause: error,
        },
      );
    }
  }

  /** Asked for once; again after it could not be reached. */
  #provider(): Promise<client.Configuration> {
    this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = null;
      throw new SallyportError('oidc_unreachable', `${this.config.name} can not be reached.`, {
        remedy: 'Try again later, or sign in with a password.',
        cause: error,
      });
    });
    return this.#discovered;
  }

  #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.config;
    // The configuration lets plain http through on the machine itself alone; the library only warns of it.
    // oxlint-disable-next-line typescript/no-deprecated -- marked so that nobody uses it elsewhere
    const execute = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [];
    return client.discovery(issuer, clientId, clientSecret, undefined, { execute });
  }
}
