// What a machine gives to the hashing of files. Node and browsers each have their own fastest way; the bytes that come out are the same.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Sha256Hex } from '../salted-digest.ts';
import { portableSha256Hex } from '../salted-digest.ts';

export interface HashKit {
  readonly sha256Hex: Sha256Hex;
  /** Memory that writeSha256Hex writes into. */
  allocate(bytes: number): Uint8Array;
  /** Writes the 64 lower-case digits of the SHA-256 of `bytes` into `out` from `at` on. */
  writeSha256Hex(bytes: Uint8Array, out: Uint8Array, at: number): void;
  isUtf8(bytes: Uint8Array): boolean;
  /** The text of bytes that are known to be UTF-8. */
  textOf(bytes: Uint8Array): string;
}

/** SHA-256 of bytes that come in parts; WebCrypto takes them only whole. */
export function runningSha256(): { update(bytes: Uint8Array): void; hex(): string } {
  const hasher = sha256.create();
  return {
    update: (bytes) => void hasher.update(bytes),
    hex: () => bytesToHex(hasher.digest()),
  };
}

const DIGEST_BYTES = 32;
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Needs nothing but JavaScript: WebCrypto answers later, which costs more than a digest of so few bytes. */
export function portableHashKit(): HashKit {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const empty = sha256.create();
  const hasher = sha256.create();
  const digest = new Uint8Array(DIGEST_BYTES);
  return {
    sha256Hex: portableSha256Hex,
    allocate: (bytes) => new Uint8Array(bytes),
    writeSha256Hex(bytes, out, at) {
      empty._cloneInto(hasher);
      hasher.update(bytes).digestInto(digest);
      for (let n = 0; n < DIGEST_BYTES; n++) {
        const byte = digest[n] as number;
        out[at + 2 * n] = HEX[byte >>> 4] as number;
        out[at + 2 * n + 1] = HEX[byte & 15] as number;
      }
    },
    isUtf8(bytes) {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    },
    textOf: (bytes) => strict.decode(bytes),
  };
}
