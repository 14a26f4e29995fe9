// A JSON Web Token signed with an RSA key, as platforms take it for proof of an account. RFC 7515; RFC 7518, section 3.3.
import { createPrivateKey, createSign } from 'node:crypto';

/** `key` is PEM. Throws where it is no private key. */
export function signedRs256({ header, claims, key }: { header?: object; claims: object; key: string }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

export function isRsaPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
