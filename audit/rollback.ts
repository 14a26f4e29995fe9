// A rollback in the open: a log that was restored from an older backup goes on under a new name, and its first new entry says
// which tree was lost. A witness that is shown the receipt of that entry closes the old name for good and admits the new one.
import { AuditError } from './audit-error.ts';
import { bytesEqual } from './bytes.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { eventOf } from './event.ts';
import { leafHash } from './merkle.ts';
import { verifyInclusion } from './merkle-verify.ts';
import type { VerifierKey } from './note-key.ts';
import { keyNamed } from './note-key.ts';
import { parseProof } from './proof.ts';
import { parseNote } from './signed-note.ts';

/** `example.com/log`, then `example.com/log~2`, `example.com/log~3` …: the name of a log after each rollback. */
export function successorOf(origin: string): string {
  const [, base = origin, count = '1'] = /^(.*?)(?:~([1-9]\d*))?$/s.exec(origin) ?? [];
  return `${base}~${Number(count) + 1}`;
}

export interface Rollback {
  readonly previousOrigin: string;
  readonly origin: string;
  /** The newest tree of the old name that the operator knows of; undefined when no witness could name one. */
  readonly lost: Checkpoint | undefined;
  readonly key: VerifierKey;
  readonly instant: string;
}

/**
 * Reads the receipt of a `service.backup-restored` event. `keyOf` gives the trusted key of an origin. Throws `proof_invalid`,
 * or whatever reading the receipt throws, when it does not prove a rollback of a known log to its successor.
 */
export async function openRollback(
  receiptText: string,
  keyOf: (origin: string) => VerifierKey | undefined,
): Promise<Rollback> {
  const receipt = parseProof(receiptText);
  const { origin } = parseCheckpoint(parseNote(receipt.checkpoint).text);
  const event = eventOf(receipt.extra ?? new Uint8Array(0));
  const { previousOrigin, lost, origin: named } = event.detail;
  if (event.event !== 'service.backup-restored' || typeof previousOrigin !== 'string')
    throw invalid('its event is no rollback');
  if (named !== origin || successorOf(previousOrigin) !== origin)
    throw invalid('its log is not the successor of the old one');
  const oldKey = keyOf(previousOrigin);
  if (oldKey === undefined) throw invalid('the old log is not known');
  const key = keyNamed(origin, oldKey);
  const checkpoint = await openCheckpoint(receipt.checkpoint, { verifierKeys: [key] });
  const { index, proof } = receipt;
  const leaf = leafHash(receipt.extra ?? new Uint8Array(0));
  if (!verifyInclusion({ leafHash: leaf, index, size: checkpoint.size, root: checkpoint.root, proof }))
    throw invalid('its event is not in the signed tree');
  const opened = typeof lost === 'string' ? await openCheckpoint(lost, { verifierKeys: [oldKey] }) : undefined;
  return { previousOrigin, origin, lost: opened, key, instant: event.instant };
}

/** Whether the rollback names at least all that was cosigned: otherwise something would be lost in silence. */
export function coversLoss({ lost }: Rollback, latest: Checkpoint | undefined): boolean {
  if (latest === undefined) return true;
  if (lost === undefined || lost.size < latest.size) return false;
  return lost.size > latest.size || bytesEqual(lost.root, latest.root);
}

function invalid(what: string): AuditError {
  return new AuditError('proof_invalid', `not the receipt of a rollback: ${what}`);
}
