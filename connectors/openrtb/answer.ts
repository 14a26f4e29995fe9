// Answers a bidder: only what is signed, fresh, asked for the first time and within the pace. The answer is signed too, for
// this very request, so that none can be passed off for another.

import { signatureHeaders, verifySignature } from '../webhook/signature.ts';
import { parseSigningKey } from '../webhook/signing-key.ts';
import { FRESHNESS_MS, MAX_REQUESTS_PER_SECOND } from './limits.ts';
import { areMembers, digestOf, memberFile, storeKeyOf } from './member-file.ts';
import { askedIds, usersBody } from './payload.ts';
import type { OpenrtbCredentials, OpenrtbSettings } from './settings.ts';

export interface Asked {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The very bytes that were signed. */
  readonly body: Uint8Array;
}

export interface AnswerGround {
  readonly settings: OpenrtbSettings;
  readonly credentials: OpenrtbCredentials;
  readonly exportRoot: string;
  readonly pace: Pace;
  readonly nowMs: number;
  /** False for an id that was seen within the freshness before. */
  isFirst(requestId: string): Promise<boolean>;
}

export interface Answered {
  readonly status: 200 | 400 | 401 | 409 | 429;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export async function answerBidder({ headers, body }: Asked, ground: AnswerGround): Promise<Answered> {
  const { settings, credentials, nowMs } = ground;
  const id = headers['webhook-id'] ?? '';
  const isFresh = Math.abs(nowMs - Number(headers['webhook-timestamp']) * 1_000) <= FRESHNESS_MS;
  // Told apart by nobody: which of key, age and form was wrong helps only who guesses.
  if (
    !/^[\x21-\x7e]{8,128}$/.test(id) ||
    !isFresh ||
    !verifySignature(headers, body, { key: credentials.signing_key, nowMs })
  ) {
    return refusal(401, 'the signature is missing, wrong or stale');
  }
  if (!ground.pace.take(nowMs)) return refusal(429, 'slower', { 'retry-after': '1' });
  if (!(await ground.isFirst(id))) return refusal(409, 'this request was answered before');
  const ids = askedIds(body);
  if (ids === undefined) return refusal(400, 'send {"ids":[…]} with 1 to 100 ids');
  const storeKey = storeKeyOf(credentials.signing_key);
  const path = await memberFile(ground.exportRoot, { settings, signingKey: credentials.signing_key });
  const members = await areMembers(
    path,
    ids.map((one) => digestOf(one, storeKey)),
  );
  const answer = usersBody(ids, members, settings);
  const key = parseSigningKey(credentials.signing_key)!;
  const signed = signatureHeaders({ id: answerId(id), timestamp: Math.floor(nowMs / 1_000), body: answer }, [key]);
  return { status: 200, headers: { 'content-type': 'application/json', ...signed }, body: answer };
}

/** The id of an answer names the request, so that a bidder knows which of its questions was answered. */
export const answerId = (requestId: string): string => `${requestId}.answer`;

/** So many requests a second, no more saved up than that. */
export class Pace {
  #left = MAX_REQUESTS_PER_SECOND;
  #atMs = 0;

  take(nowMs: number): boolean {
    this.#left = Math.min(
      MAX_REQUESTS_PER_SECOND,
      this.#left + ((nowMs - this.#atMs) / 1_000) * MAX_REQUESTS_PER_SECOND,
    );
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

function refusal(status: Answered['status'], error: string, headers: Record<string, string> = {}): Answered {
  const body = Buffer.from(JSON.stringify({ error }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
