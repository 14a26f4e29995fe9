// A session of a browser: a cookie of 256 random bits, of which only the SHA-256 is stored, and a token against forged requests that is derived from it.
import { createHmac, randomBytes } from 'node:crypto';
import type { BrowserSession } from '../../openapi/generated/api.ts';
import { secretDigest } from '../http/secret-digest.ts';
import { newId } from '../ids.ts';
import { SESSION_IDLE_MS, SESSION_LIFETIME_MS } from './limits.ts';

/** `__Host-`: browsers take it only with Secure, Path=/ and no Domain, so that no other host can plant it. */
export const SESSION_COOKIE = '__Host-ecluse-session';

const SECRET_BYTES = 32;
const COOKIE_VALUE = /^(ses_[0-9a-hjkmnp-tv-z]{26})\.([A-Za-z0-9_-]{43})$/;

export type SessionWay = 'password' | 'oidc' | 'welcome';

export interface SessionRow {
  id: string;
  tenant_id: string | null;
  member_id: string;
  secret_digest: string;
  way: SessionWay;
  has_second_factor: number;
  browser: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  ended_at: string | null;
}

export interface NewSession {
  readonly row: SessionRow;
  /** `<session id>.<43 characters>`: in the cookie and nowhere else. */
  readonly cookieValue: string;
}

export function makeSession(of: {
  readonly member: { readonly id: string; readonly tenantId: string | null };
  readonly way: SessionWay;
  readonly hasSecondFactor: boolean;
  readonly userAgent: string;
  readonly now: Date;
}): NewSession {
  const id = newId('ses');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const row: SessionRow = {
    id,
    tenant_id: of.member.tenantId,
    member_id: of.member.id,
    secret_digest: secretDigest(secret).toString('hex'),
    way: of.way,
    has_second_factor: of.hasSecondFactor ? 1 : 0,
    browser: browserOf(of.userAgent),
    created_at: of.now.toISOString(),
    last_seen_at: of.now.toISOString(),
    expires_at: new Date(of.now.getTime() + SESSION_LIFETIME_MS).toISOString(),
    ended_at: null,
  };
  return { row, cookieValue: `${id}.${secret}` };
}

/** Undefined for what is no cookie of ours. */
export function readSessionCookie(value: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = COOKIE_VALUE.exec(value) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Only a page of this origin can read it, since only this origin answers it; nothing of it is stored. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('ecluse csrf 1').digest('base64url');
}

export function isOpen(row: Pick<SessionRow, 'ended_at' | 'expires_at' | 'last_seen_at'>, now: Date): boolean {
  return row.ended_at === null && row.expires_at > now.toISOString() && idleExpiry(row) > now.getTime();
}

function idleExpiry({ last_seen_at }: Pick<SessionRow, 'last_seen_at'>): number {
  return Date.parse(last_seen_at) + SESSION_IDLE_MS;
}

export function sessionBody(row: SessionRow, currentId: string | undefined): BrowserSession {
  return {
    id: row.id,
    way: row.way,
    has_second_factor: row.has_second_factor === 1,
    browser: row.browser,
    is_current: row.id === currentId,
    created_at: row.created_at,
    last_seen_at: row.last_seen_at,
    idle_expires_at: new Date(Math.min(idleExpiry(row), Date.parse(row.expires_at))).toISOString(),
    expires_at: row.expires_at,
  };
}

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/** Enough to recognise one's own by, and no fingerprint: the name of the browser and of the system. */
function browserOf(userAgent: string): string {
  const browser = BROWSERS.find(([sign]) => userAgent.includes(sign))?.[1];
  const system = SYSTEMS.find(([sign]) => userAgent.includes(sign))?.[1];
  return [browser, system].filter((word) => word !== undefined).join(' on ');
}
