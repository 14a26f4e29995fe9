// Checkpoints (c2sp.org/tlog-checkpoint): origin, size and root of the log, as the text of a signed note.
import { AuditError } from './audit-error.ts';
import { base64Of, findBase64, findDecimal } from './bytes.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';
import { hasControl, type NoteSigner, parseVerifierKey, type VerifierKey } from './note-key.ts';
import { openNote, signNote, type VerifiedSignature } from './signed-note.ts';

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Opaque lines below the root; this product writes none. */
  readonly extensions: readonly string[];
}

export interface OpenedCheckpoint extends Checkpoint {
  readonly signedBy: readonly VerifiedSignature[];
  readonly cosignedBy: readonly VerifiedSignature[];
}

/**
 * Reads a checkpoint that the log itself has signed. Without `origin`, the origin must be the name of the log key that
 * signed; with it, the checkpoint must be of that origin. A witness's cosignature alone is not enough.
 */
export async function openCheckpoint(
  note: string | Uint8Array,
  options: { verifierKeys: readonly (string | VerifierKey)[]; origin?: string },
): Promise<OpenedCheckpoint> {
  const keys = options.verifierKeys.map((key) => (typeof key === 'string' ? parseVerifierKey(key) : key));
  const { text, verifiedBy } = await openNote(note, keys);
  const checkpoint = parseCheckpoint(text);
  if (options.origin !== undefined && options.origin !== checkpoint.origin)
    throw new AuditError('checkpoint_origin', 'the checkpoint is of another log');
  const signedBy = verifiedBy.filter(
    ({ key }) => key.type === 'ed25519' && (options.origin !== undefined || key.name === checkpoint.origin),
  );
  if (signedBy.length === 0) throw new AuditError('signature_missing', 'the log itself has not signed this checkpoint');
  return { ...checkpoint, signedBy, cosignedBy: verifiedBy.filter(({ key }) => key.type === 'cosignature') };
}

/** The note. Whoever calls this must know that the checkpoint is consistent with every one signed before. */
export async function signCheckpoint(
  checkpoint: Omit<Checkpoint, 'extensions'>,
  signers: readonly NoteSigner[],
): Promise<string> {
  return signNote(checkpointText({ ...checkpoint, extensions: [] }), signers);
}

export function checkpointText(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  const text = `${[origin, String(size), base64Of(root), ...extensions].join('\n')}\n`;
  parseCheckpoint(text);
  return text;
}

/** The text of a note, strictly. Throws `checkpoint_malformed`. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw malformed('it does not end in a newline');
  if (lines.includes('') || hasControl(text)) throw malformed('it has an empty line or a control character');
  const [origin, sizeText, rootText, ...extensions] = lines;
  if (origin === undefined || sizeText === undefined || rootText === undefined) throw malformed('it lacks a line');
  const size = findDecimal(sizeText);
  if (size === undefined) throw malformed('its size');
  const root = findBase64(rootText);
  if (root?.length !== HASH_BYTES) throw malformed('its root');
  return { origin, size, root, extensions };
}

function malformed(what: string): AuditError {
  return new AuditError('checkpoint_malformed', `not a checkpoint: ${what}`);
}
