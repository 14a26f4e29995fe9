// A small OpenID provider for tests: discovery, authorization, token and keys, as strict as the specifications about what it is sent.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const CLIENT = { id: 'ecluse', secret: 'a secret of the client' };

/** Who signs in at the provider next, and what is to be wrong about the token. */
export interface Answering {
  claims: Record<string, unknown>;
  /** Instead of what was asked for. */
  nonce?: string;
  audience?: string;
  issuer?: string;
  isSignedByAnother?: boolean;
}

export interface SandboxProvider {
  readonly issuer: string;
  /** Set it before a sign-in. */
  answering: Answering;
  /** What came to the token endpoint, in order. */
  readonly tokenRequests: URLSearchParams[];
  close(): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export async function startOidcProvider(): Promise<SandboxProvider> {
  const [keys, others] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) =>
      send(response, 400, { error: 'invalid_request', said: error.message }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: SandboxProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answering: { claims: { sub: 'nobody' } },
    tokenRequests: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', provider.issuer);
    if (url.pathname === '/.well-known/openid-configuration') return send(response, 200, metadataOf(provider.issuer));
    if (url.pathname === '/jwks') return send(response, 200, { keys: [jwk] });
    if (url.pathname === '/authorize') {
      const location = authorise(url.searchParams, { provider, grants });
      return void response.writeHead(302, { Location: location }).end();
    }
    const granted = await takeGrant(request, { provider, grants });
    if (granted === undefined) return send(response, 400, { error: 'invalid_grant' });
    const key = provider.answering.isSignedByAnother ? others.privateKey : keys.privateKey;
    const id_token = await tokenOf(provider, { key, nonce: granted.nonce });
    send(response, 200, { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token });
  };
  return provider;
}

interface Place {
  readonly provider: SandboxProvider;
  readonly grants: Map<string, Grant>;
}

/** Where the browser is sent back to, as if somebody had signed in. */
function authorise(query: URLSearchParams, { provider, grants }: Place): string {
  expectEqual(query.get('client_id'), CLIENT.id, 'client_id');
  expectEqual(query.get('response_type'), 'code', 'response_type');
  expectEqual(query.get('code_challenge_method'), 'S256', 'code_challenge_method');
  const code = randomBytes(16).toString('hex');
  const redirectUri = query.get('redirect_uri') ?? '';
  grants.set(code, { challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '', redirectUri });
  const answered = { code, state: query.get('state') ?? '', iss: provider.issuer, session_state: 'x' };
  return `${redirectUri}?${new URLSearchParams(answered)}`;
}

/** RFC 6749, section 4.1.2: a code is good once. RFC 7636, section 4.6: and only with its verifier. */
async function takeGrant(request: IncomingMessage, { provider, grants }: Place): Promise<Grant | undefined> {
  const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString('utf8'));
  provider.tokenRequests.push(form);
  const basic = Buffer.from(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret).replaceAll('%20', '+')}`);
  expectEqual(request.headers.authorization, `Basic ${basic.toString('base64')}`, 'authorization');
  const granted = grants.get(form.get('code') ?? '');
  grants.delete(form.get('code') ?? '');
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (granted === undefined || challenge !== granted.challenge) return undefined;
  expectEqual(form.get('redirect_uri'), granted.redirectUri, 'redirect_uri');
  return granted;
}

function tokenOf({ issuer, answering }: SandboxProvider, of: { key: CryptoKey; nonce: string }): Promise<string> {
  return new SignJWT({ ...answering.claims, nonce: answering.nonce ?? of.nonce })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(answering.issuer ?? issuer)
    .setAudience(answering.audience ?? CLIENT.id)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(of.key);
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}

function expectEqual(given: string | null | undefined, expected: string, name: string): void {
  if (given !== expected) throw new Error(`${name} is not what this client registered`);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
