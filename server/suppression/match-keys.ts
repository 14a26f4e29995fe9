// Salted digests to match keys, as a load does it: AES-256 of the first sixteen bytes under the tenant's key.
import { encryptBlocks } from '../../matching/kernel/rekey.ts';

export const DIGEST_BYTES = 32;
const MATCH_KEY_BYTES = 16;

/** Sixteen bytes for each digest of thirty-two, in order. */
export function matchKeysOf(digests: Uint8Array, tenantKey: Uint8Array): Buffer {
  const count = digests.length / DIGEST_BYTES;
  const blocks = Buffer.alloc(count * MATCH_KEY_BYTES);
  for (let n = 0; n < count; n++) {
    blocks.set(digests.subarray(n * DIGEST_BYTES, n * DIGEST_BYTES + MATCH_KEY_BYTES), n * MATCH_KEY_BYTES);
  }
  return encryptBlocks(tenantKey, blocks);
}
