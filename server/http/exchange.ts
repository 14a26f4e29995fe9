// What signing in needs to know of the request itself, and the cookies it sets; every other operation does without.
import type { Request, Response } from 'express';

export interface Cookie {
  /** Begins with `__Host-`: it is set Secure, HttpOnly and for the whole of this host alone. */
  readonly name: `__Host-${string}`;
  /** Empty takes the cookie back. */
  readonly value: string;
  readonly maxAgeSeconds: number;
  /** `lax` only for what must survive the way back from another site. */
  readonly sameSite: 'strict' | 'lax';
}

export interface Exchange {
  /** Of the browser; behind proxies as `trusted-proxies` counts them. */
  readonly address: string;
  readonly userAgent: string;
  cookie(name: string): string | undefined;
  setCookie(cookie: Cookie): void;
}

export function exchangeOf(request: Request, response: Response): Exchange {
  return {
    address: request.ip ?? '',
    userAgent: request.get('User-Agent') ?? '',
    cookie: (name) => cookieOf(request.headers.cookie, name),
    setCookie: ({ name, value, maxAgeSeconds, sameSite }) => {
      response.cookie(name, value, { maxAge: maxAgeSeconds * 1000, sameSite, secure: true, httpOnly: true, path: '/' });
    },
  };
}

/** RFC 6265, section 5.4; the values of this service need no decoding. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
