// What a witness decides (c2sp.org/tlog-witness): pure, so that whoever stores the latest checkpoint can make reading, deciding
// and storing one step. Upholds: it never cosigns a tree that does not extend everything it has cosigned of that log.
import { AuditError } from './audit-error.ts';
import { bytesEqual } from './bytes.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './merkle.ts';
import { verifyConsistency } from './merkle-verify.ts';
import type { NoteSigner, VerifierKey } from './note-key.ts';
import { cosignatureLine, parseNote } from './signed-note.ts';
import type { AddCheckpointRequest } from './witness-request.ts';

export type WitnessVerdict =
  | {
      readonly status: 200;
      /** The lines for the log, and the note to store: the log's signatures and our own, nobody else's. */
      readonly cosignature: string;
      readonly stored: string;
      readonly checkpoint: Checkpoint;
    }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string }
  | { readonly status: 409; readonly size: number };

export interface WitnessState {
  /** The keys trusted for the checkpoint's origin; none when the origin is unknown. */
  readonly logKeys: readonly VerifierKey[];
  /** What was cosigned last for that origin. */
  readonly latest: Checkpoint | undefined;
}

/** The origin that a checkpoint claims. Throws `note_malformed` or `checkpoint_malformed`. */
export function claimedOrigin(checkpoint: string): string {
  return parseCheckpoint(parseNote(checkpoint).text).origin;
}

export async function considerCheckpoint(
  request: AddCheckpointRequest,
  state: WitnessState,
  witness: NoteSigner & { readonly timestampSeconds: bigint },
): Promise<WitnessVerdict> {
  const { logKeys, latest } = state;
  if (logKeys.length === 0) return { status: 404, reason: 'this witness does not know the log' };
  let checkpoint: Checkpoint;
  try {
    checkpoint = await openCheckpoint(request.checkpoint, { verifierKeys: logKeys });
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    return { status: 403, reason: error.message };
  }
  const refusal = refusalOf(request, checkpoint, latest);
  if (refusal !== undefined) return refusal;
  const { text } = parseNote(request.checkpoint);
  const cosignature = await cosignatureLine(text, witness);
  const lines = signatureLinesBy(request.checkpoint, logKeys);
  return { status: 200, cosignature, stored: `${text}\n${lines}${cosignature}`, checkpoint };
}

function refusalOf(
  { oldSize, proof }: AddCheckpointRequest,
  checkpoint: Checkpoint,
  latest: Checkpoint | undefined,
): Exclude<WitnessVerdict, { status: 200 }> | undefined {
  const { size, root } = checkpoint;
  if (oldSize > size) return { status: 400, reason: 'the old size is larger than the checkpoint' };
  const known = latest?.size ?? 0;
  if (oldSize !== known) return { status: 409, size: known };
  if (size === 0 && !bytesEqual(root, EMPTY_ROOT)) return { status: 422, reason: 'an empty tree has another root' };
  if (oldSize === 0)
    return proof.length > 0 ? { status: 422, reason: 'from the empty tree on there is no proof' } : undefined;
  const claim = { oldSize, oldRoot: latest?.root ?? EMPTY_ROOT, newSize: size, newRoot: root, proof };
  return verifyConsistency(claim) ? undefined : { status: 422, reason: 'the tree does not extend the one cosigned' };
}

// Verified already; lines of unknown keys are not passed on.
function signatureLinesBy(note: string, keys: readonly VerifierKey[]): string {
  const block = note.slice(note.lastIndexOf('\n\n') + 2).split('\n');
  const { signatures } = parseNote(note);
  return signatures
    .map(({ name, keyId }, i) =>
      keys.some((key) => key.name === name && bytesEqual(key.keyId, keyId)) ? `${block[i]}\n` : '',
    )
    .join('');
}
