// A mail domain in ASCII (UTS 46, Punycode), by the URL parser that browsers and Node share. Address literals are no domains.
import { MAX_DOMAIN_BYTES, MAX_REMEMBERED_DOMAINS } from './limits.ts';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const ASCII_DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})+$`);
const NUMERIC_TOP_LEVEL = /\.[0-9]+$/;
/** What the URL parser would read as something other than a host. */
const NOT_A_HOST = /[\p{Cc}\p{Z}/\\?#@:%[\]<>^|"`{}]/u;

const remembered = new Map<string, string | undefined>();

/** The ASCII form, or undefined when it is no full domain name (one label, an IP address, an empty or overlong label). */
export function asciiDomain(lowerCased: string): string | undefined {
  if (lowerCased.length > MAX_DOMAIN_BYTES) return undefined;
  const known = remembered.get(lowerCased);
  if (known !== undefined || remembered.has(lowerCased)) return known;
  if (remembered.size >= MAX_REMEMBERED_DOMAINS) remembered.clear();
  const domain = toAscii(lowerCased);
  remembered.set(lowerCased, domain);
  return domain;
}

function toAscii(lowerCased: string): string | undefined {
  if (NOT_A_HOST.test(lowerCased)) return undefined;
  let host = lowerCased;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether every character is ASCII.
  if (!/^[\x00-\x7f]*$/.test(host) || host.includes('xn--')) {
    try {
      host = new URL(`http://${lowerCased}`).hostname;
    } catch {
      return undefined;
    }
  }
  return host.length <= MAX_DOMAIN_BYTES && ASCII_DOMAIN.test(host) && !NUMERIC_TOP_LEVEL.test(host) ? host : undefined;
}
