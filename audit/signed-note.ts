// Signed notes (c2sp.org/signed-note). Upholds: unknown keys are ignored, a known key's failing signature refuses the note.
import { AuditError } from './audit-error.ts';
import { base64Of, bytesEqual, concatBytes, findBase64 } from './bytes.ts';
import { cosign, findCosignatureTime } from './cosignature.ts';
import { signEd25519, verifyEd25519 } from './ed25519.ts';
import { MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES } from './limits.ts';
import { hasControl, isKeyName, type NoteSigner, type VerifierKey, verifierKeyOf } from './note-key.ts';

/** A note as it stands on paper: nothing in it is verified. */
export interface Note {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A note of which at least one signature is by a known key, and none by a known key is wrong. */
export interface OpenedNote {
  readonly text: string;
  readonly verifiedBy: readonly VerifiedSignature[];
}

export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Only of a witness's cosignature. */
  readonly timestampSeconds?: bigint;
}

/** Throws `note_malformed`, `signature_invalid` (a known key's) or `signature_missing` (by no known key). */
export async function openNote(note: string | Uint8Array, keys: readonly VerifierKey[]): Promise<OpenedNote> {
  const { text, signatures } = parseNote(note);
  const verifiedBy: VerifiedSignature[] = [];
  for (const signature of signatures) {
    const key = findKey(signature, keys);
    if (key === undefined) continue;
    const verified = await findVerified({ text, signature, key });
    if (verified === undefined) throw new AuditError('signature_invalid', `the signature of ${key.name} is wrong`);
    verifiedBy.push(verified);
  }
  if (verifiedBy.length === 0) throw new AuditError('signature_missing', 'no known key has signed this note');
  return { text, verifiedBy };
}

/** The text must end in a newline. Signs as the log does (type 0x01). */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  assertNoteText(text);
  const lines: string[] = [];
  for (const signer of signers) {
    const message = new TextEncoder().encode(text);
    const signature = await signEd25519({ message, secretKey: signer.secretKey });
    lines.push(signatureLine({ ...(await verifierKeyOf(signer)), signature }));
  }
  return `${text}\n${lines.join('')}`;
}

/** The line that a witness adds below a checkpoint (type 0x04). */
export async function cosignatureLine(
  noteText: string,
  witness: NoteSigner & { timestampSeconds: bigint },
): Promise<string> {
  assertNoteText(noteText);
  const signature = await cosign({ ...witness, noteText });
  return signatureLine({ ...(await verifierKeyOf(witness, 'cosignature')), signature });
}

/** Takes a note apart, strictly. Throws `note_malformed`. */
export function parseNote(note: string | Uint8Array): Note {
  const whole = typeof note === 'string' ? note : decodeUtf8(note);
  if (whole.length > MAX_NOTE_BYTES) throw malformed('it is too long');
  if (!whole.isWellFormed() || hasControl(whole)) throw malformed('it has a control character or is no Unicode');
  // The text may contain empty lines: the last one separates.
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n')) throw malformed('it has no signature block');
  const lines = whole.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) throw malformed('it has too many signatures');
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(' ');
  const bytes = findBase64(base64 ?? '');
  if (dash !== '—' || name === undefined || !isKeyName(name) || bytes === undefined || rest.length > 0)
    throw malformed('a signature line');
  if (bytes.length <= 4) throw malformed('a signature is empty');
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function signatureLine(signature: NoteSignature): string {
  return `— ${signature.name} ${base64Of(concatBytes(signature.keyId, signature.signature))}\n`;
}

// Name and key id together name a key: sharing one of them with a known key means nothing.
function findKey(signature: NoteSignature, keys: readonly VerifierKey[]): VerifierKey | undefined {
  const known = keys.filter((key) => key.name === signature.name && bytesEqual(key.keyId, signature.keyId));
  const [first, ...others] = known;
  if (first && others.some((key) => key.type !== first.type || !bytesEqual(key.publicKey, first.publicKey)))
    throw new AuditError('key_malformed', `two different keys are known as ${first.name}`);
  return first;
}

async function findVerified(of: {
  text: string;
  signature: NoteSignature;
  key: VerifierKey;
}): Promise<VerifiedSignature | undefined> {
  const { text, key } = of;
  const { signature } = of.signature;
  const { publicKey } = key;
  if (key.type === 'cosignature') {
    const timestampSeconds = await findCosignatureTime({ noteText: text, signature, publicKey });
    return timestampSeconds === undefined ? undefined : { key, timestampSeconds };
  }
  const message = new TextEncoder().encode(text);
  return (await verifyEd25519({ message, signature, publicKey })) ? { key } : undefined;
}

function assertNoteText(text: string): void {
  if (!text.endsWith('\n') || !text.isWellFormed() || hasControl(text)) throw malformed('its text cannot be signed');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('it is not UTF-8');
  }
}

function malformed(what: string): AuditError {
  return new AuditError('note_malformed', `not a signed note: ${what}`);
}
