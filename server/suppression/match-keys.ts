// Salted digests to match keys, as a load does it: AES-256 of the first sixteen bytes under the tenant's key.
import { encryptBlocks } from '../../matching/kernel/rekey.ts';

const DIGEST_BYTES = 32;
export const MATCH_KEY_BYTES = 16;

/** Sixteen bytes for each digest, in order. */
export function matchKeysOf(digests: readonly string[], tenantKey: Uint8Array): Buffer {
  const blocks = Buffer.alloc(digests.length * MATCH_KEY_BYTES);
  for (const [n, digest] of digests.entries()) {
    const bytes = Buffer.from(digest, 'hex');
    if (bytes.length !== DIGEST_BYTES) throw new Error('a salted digest has 64 hex digits');
    bytes.copy(blocks, n * MATCH_KEY_BYTES, 0, MATCH_KEY_BYTES);
  }
  return encryptBlocks(tenantKey, blocks);
}
