// Receipts (c2sp.org/tlog-proof): one text that proves, offline, that an entry is in the log.
import { AuditError } from './audit-error.ts';
import { base64Of, findBase64, findDecimal } from './bytes.ts';
import { MAX_PROOF_HASHES, MAX_RECEIPT_BYTES } from './limits.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

export interface TlogProof {
  /** Opaque and unauthenticated. Écluse puts the leaf here, which is believed only once its hash is in the tree. */
  readonly extra?: Uint8Array;
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Hash[];
  /** The checkpoint's signed note, verbatim. */
  readonly checkpoint: string;
}

export function formatProof(receipt: TlogProof): string {
  const lines = [HEADER];
  if (receipt.extra !== undefined && receipt.extra.length > 0) lines.push(`extra ${base64Of(receipt.extra)}`);
  lines.push(`index ${receipt.index}`, ...receipt.proof.map(base64Of));
  const text = `${lines.join('\n')}\n\n${receipt.checkpoint}`;
  parseProof(text);
  return text;
}

/** Strict: throws `proof_malformed`. The checkpoint is only cut off here, not read. */
export function parseProof(text: string): TlogProof {
  if (text.length > MAX_RECEIPT_BYTES) throw malformed('it is too long');
  const end = text.indexOf('\n\n');
  if (end < 0) throw malformed('it has no checkpoint');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw malformed('its first line');
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift()!) : undefined;
  const index = parseIndex(lines.shift() ?? '');
  if (lines.length > MAX_PROOF_HASHES) throw malformed('it has too many hashes');
  return { ...(extra && { extra }), index, proof: lines.map(parseHash), checkpoint: text.slice(end + 2) };
}

function parseExtra(line: string): Uint8Array {
  const extra = findBase64(line.slice('extra '.length));
  // Without extra data the line is left out, so an empty one is a second spelling of the same proof.
  if (extra === undefined || extra.length === 0) throw malformed('its extra line');
  return extra;
}

function parseIndex(line: string): number {
  const index = line.startsWith('index ') ? findDecimal(line.slice('index '.length)) : undefined;
  if (index === undefined) throw malformed('its index line');
  return index;
}

/** One line of a proof. Throws `proof_malformed`. */
export function parseHash(line: string): Hash {
  const hash = findBase64(line);
  if (hash?.length !== HASH_BYTES) throw malformed('a hash');
  return hash;
}

function malformed(what: string): AuditError {
  return new AuditError('proof_malformed', `not a tlog-proof: ${what}`);
}
