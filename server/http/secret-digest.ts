// What is stored of a secret of 256 random bits: its SHA-256, which cannot be guessed back.
import { createHash } from 'node:crypto';

export function secretDigest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
