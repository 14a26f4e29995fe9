// The organisation's own sign-on (OpenID Connect Core 1.0): authorization code with PKCE, state and nonce; the ID token's signature is checked.
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { OIDC_TIMEOUT_SECONDS } from './limits.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  readonly redirectUri: string;
}

/** What the browser carries while it is away; sealed, since the verifier is secret. */
export interface RoundTrip {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  /** The provider asked for a second factor itself (RFC 8176). */
  readonly hasSecondFactor: boolean;
}

export class OidcProvider {
  readonly #settings: OidcSettings;
  #discovered: Promise<Configuration> | undefined;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
  }

  /** Where the browser goes, and what must still hold when it comes back. */
  async begin(): Promise<{ location: string; roundTrip: RoundTrip }> {
    const roundTrip = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const url = buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.#settings.redirectUri,
      scope: 'openid email',
      state: roundTrip.state,
      nonce: roundTrip.nonce,
      code_challenge: await calculatePKCECodeChallenge(roundTrip.verifier),
      code_challenge_method: 'S256',
    });
    return { location: url.href, roundTrip };
  }

  /** Throws whatever was wrong: of the state, the code, the token, its signature, issuer, audience, nonce or time. */
  async finish(query: URLSearchParams, roundTrip: RoundTrip): Promise<Identity> {
    const configuration = await this.#configuration();
    const tokens = await authorizationCodeGrant(configuration, new URL(`?${query}`, this.#settings.redirectUri), {
      expectedState: roundTrip.state,
      expectedNonce: roundTrip.nonce,
      pkceCodeVerifier: roundTrip.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('the provider gave no ID token');
    const told =
      claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
        ? await fetchUserInfo(configuration, tokens.access_token, claims.sub)
        : claims;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: typeof told.email === 'string' ? told.email : undefined,
      isEmailVerified: told.email_verified === true,
      hasSecondFactor: Array.isArray(claims.amr) && claims.amr.includes('mfa'),
    };
  }

  /** Asked once; a failure is not remembered, since the provider may be back a moment later. */
  #configuration(): Promise<Configuration> {
    this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = undefined;
      throw error;
    });
    return this.#discovered;
  }

  #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const authentication = clientSecret === undefined ? None() : secretAuthentication(clientSecret);
    // Only a loopback address may be without TLS; settings.ts lets no other pass.
    const plain = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
    return discovery(new URL(issuer), clientId, undefined, authentication, {
      execute: [enableNonRepudiationChecks, ...plain],
      timeout: OIDC_TIMEOUT_SECONDS,
    });
  }
}

/** `client_secret_basic` unless the provider says it takes only the other (OpenID Connect Discovery 1.0, section 3). */
function secretAuthentication(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...more) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (methods.includes('client_secret_basic') ? basic : post)(server, ...more);
  };
}
