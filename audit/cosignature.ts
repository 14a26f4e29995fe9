// Timestamped Ed25519 cosignatures of checkpoints (c2sp.org/tlog-cosignature, type 0x04): what a witness signs.
import { AuditError } from './audit-error.ts';
import { concatBytes } from './bytes.ts';
import { SIGNATURE_BYTES, signEd25519, verifyEd25519 } from './ed25519.ts';

const MAX_TIMESTAMP = 2n ** 63n - 1n;

/** The `timestamped_signature` structure: a big-endian u64 of POSIX seconds, then 64 bytes of Ed25519. */
export async function cosign(options: {
  noteText: string;
  timestampSeconds: bigint;
  secretKey: Uint8Array;
}): Promise<Uint8Array> {
  const { noteText, timestampSeconds, secretKey } = options;
  if (timestampSeconds < 0n || timestampSeconds > MAX_TIMESTAMP)
    throw new AuditError('range_invalid', 'a cosignature time is between 0 and 2^63 − 1');
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, timestampSeconds);
  return concatBytes(time, await signEd25519({ message: messageOf(noteText, timestampSeconds), secretKey }));
}

/** The time at which the witness vouched, or undefined when the cosignature does not verify. */
export async function findCosignatureTime(options: {
  noteText: string;
  signature: Uint8Array;
  publicKey: Uint8Array;
}): Promise<bigint | undefined> {
  const { noteText, signature, publicKey } = options;
  if (signature.length !== 8 + SIGNATURE_BYTES) return undefined;
  const timestampSeconds = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
  if (timestampSeconds > MAX_TIMESTAMP) return undefined;
  const message = messageOf(noteText, timestampSeconds);
  const isValid = await verifyEd25519({ message, signature: signature.subarray(8), publicKey });
  return isValid ? timestampSeconds : undefined;
}

// The header line keeps a cosignature from passing as the log's own signature.
function messageOf(noteText: string, timestampSeconds: bigint): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${timestampSeconds}\n${noteText}`);
}
