// A deletion request of the IAB framework (version 1.0): a token of the requester around a token of the first party, both
// signed. Keys are those that were pinned for an issuer, never those that a token names; algorithms come from a list of ours.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { DDRF_LIMITS } from './limits.ts';

/** The framework's own result codes. */
export const RESULT = {
  ok: 0,
  malformed: 1,
  signature: 2,
  token: 3,
  identifierType: 4,
  identifierFormat: 5,
  timestamp: 6,
} as const;
export type ResultCode = (typeof RESULT)[keyof typeof RESULT];

export class DdrfRefusal extends Error {
  readonly code: ResultCode;

  constructor(code: ResultCode, reason: string) {
    super(reason);
    this.name = 'DdrfRefusal';
    this.code = code;
  }
}

export interface PinnedIssuer {
  /** Its registrable domain, as the tokens name it. */
  readonly issuer: string;
  readonly keys: JSONWebKeySet;
}

export interface DdrfSubject {
  readonly identifierValue: string;
  readonly identifierType: string;
  readonly identifierFormat: string;
}

export interface VerifiedRequest {
  readonly subject: DdrfSubject;
  readonly firstParty: string;
  readonly requester: string;
  /** Issuer and id of both tokens, neither of which may ever come again. */
  readonly tokens: readonly { readonly issuer: string; readonly jti: string }[];
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Throws DdrfRefusal. Whether a token came before is for the caller to ask, in the transaction that notes it. */
export async function verifyRequest(
  token: string,
  of: { issuers: readonly PinnedIssuer[]; now: Date },
): Promise<VerifiedRequest> {
  const outer = await verifyToken(token, { ...of, maxAgeSeconds: DDRF_LIMITS.requestMaxAgeSeconds });
  const inner = outer.claims.idJWT;
  if (typeof inner !== 'string') throw new DdrfRefusal(RESULT.malformed, 'idJWT is missing');
  const first = await verifyToken(inner, { ...of, maxAgeSeconds: DDRF_LIMITS.identityMaxAgeSeconds });
  const subject = subjectOf(first.claims);
  const asked = subjectOf(outer.claims);
  // An alias of the requester's own would let it name anybody under another's valid token.
  if (JSON.stringify(asked) !== JSON.stringify(subject)) {
    throw new DdrfRefusal(RESULT.malformed, 'sub of the request is not the sub of its idJWT');
  }
  const [firstParty, requester] = [first.issuer, outer.issuer];
  const tokens = [
    { issuer: requester, jti: outer.jti },
    { issuer: firstParty, jti: first.jti },
  ];
  return { subject, firstParty, requester, tokens };
}

async function verifyToken(
  token: string,
  of: { issuers: readonly PinnedIssuer[]; now: Date; maxAgeSeconds: number },
): Promise<{ claims: JWTPayload; issuer: string; jti: string }> {
  const pinned = of.issuers.find(({ issuer }) => issuer === claimedIssuer(token));
  if (pinned === undefined)
    throw new DdrfRefusal(RESULT.signature, 'the issuer is not among those whose keys are known');
  const claims = await signedClaims(token, pinned, of.now);
  const { version, jti, iat, iss } = claims;
  if (version !== '1.0') throw new DdrfRefusal(RESULT.malformed, 'version is not 1.0');
  if (typeof jti !== 'string' || jti === '' || jti.length > DDRF_LIMITS.maxJtiCharacters) {
    throw new DdrfRefusal(RESULT.malformed, 'jti is missing or too long');
  }
  const ageSeconds = of.now.getTime() / 1000 - (typeof iat === 'number' ? iat : Number.NaN);
  if (!(ageSeconds >= -DDRF_LIMITS.clockSkewSeconds && ageSeconds <= of.maxAgeSeconds)) {
    throw new DdrfRefusal(RESULT.timestamp, 'iat is missing, in the future or too long ago');
  }
  return { claims, issuer: iss as string, jti };
}

/** Read before the signature is checked, and so for nothing but to choose among pinned keys. */
function claimedIssuer(token: string): string | undefined {
  if (token.length > DDRF_LIMITS.maxTokenBytes) throw new DdrfRefusal(RESULT.token, 'the token is too long');
  const [, payload, , more] = token.split('.');
  if (payload === undefined || more !== undefined) throw new DdrfRefusal(RESULT.token, 'not a signed token');
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { iss?: unknown };
    return typeof claims.iss === 'string' ? claims.iss : undefined;
  } catch {
    throw new DdrfRefusal(RESULT.token, 'the token holds no JSON');
  }
}

async function signedClaims(token: string, { issuer, keys }: PinnedIssuer, now: Date): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms: ALGORITHMS,
      issuer,
      currentDate: now,
      clockTolerance: DDRF_LIMITS.clockSkewSeconds,
    });
    return payload;
  } catch (error) {
    const isSignature =
      error instanceof errors.JWSSignatureVerificationFailed ||
      error instanceof errors.JOSEAlgNotAllowed ||
      error instanceof errors.JWKSNoMatchingKey ||
      error instanceof errors.JWKSMultipleMatchingKeys;
    const isTime =
      error instanceof errors.JWTExpired ||
      (error instanceof errors.JWTClaimValidationFailed && ['nbf', 'iat', 'exp'].includes(error.claim));
    if (isTime) throw new DdrfRefusal(RESULT.timestamp, 'the token is not valid at this time');
    if (isSignature) throw new DdrfRefusal(RESULT.signature, 'no pinned key of the issuer verifies the signature');
    throw new DdrfRefusal(RESULT.token, 'the token is not valid');
  }
}

function subjectOf(claims: JWTPayload): DdrfSubject {
  const sub = claims.sub as unknown;
  // The tables of the framework call it a string, its examples show an object: both are read.
  const read = typeof sub === 'string' ? parsed(sub) : sub;
  const { identifierValue, identifierType, identifierFormat } = (read ?? {}) as Partial<DdrfSubject>;
  if (![identifierValue, identifierType, identifierFormat].every((text) => typeof text === 'string' && text !== '')) {
    throw new DdrfRefusal(RESULT.malformed, 'sub has no identifierValue, identifierType or identifierFormat');
  }
  return { identifierValue, identifierType, identifierFormat } as DdrfSubject;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
