// First-party evidence of one person: what was agreed to and taken back, as it stands at one instant for one transfer. The latest
// agreement that names purpose and destination counts, and a withdrawal that is not older than it takes it back.
import type { ConsentClass, Transfer } from './consent.ts';
import { instantMs } from './instant.ts';

/** A record grants, or, where nothing was obtained, only takes back. Null stands for all purposes or all destinations. */
export interface EvidenceRecord {
  readonly purposes: readonly string[] | null;
  readonly destinations: readonly string[] | null;
  readonly obtainedAt: string | null;
  readonly expiresAt: string | null;
  readonly withdrawnAt: string | null;
}

/** What several records of one person come to; it may be merged in any order, so that each key's records are read once. */
export interface EvidenceState {
  /** Some record grants something, whether for this transfer or not. */
  readonly grants: boolean;
  /** Some grant names the purpose. */
  readonly namesPurpose: boolean;
  /** Of the latest grant for this transfer; -Infinity where there is none. */
  readonly obtainedMs: number;
  /** When the latest grant ends; of several of one instant, the one that ends first. */
  readonly expiresMs: number;
  /** Of the latest withdrawal that covers this transfer. */
  readonly withdrawnMs: number;
  readonly readable: boolean;
}

export const NO_EVIDENCE: EvidenceState = {
  grants: false,
  namesPurpose: false,
  obtainedMs: -Infinity,
  expiresMs: Infinity,
  withdrawnMs: -Infinity,
  readable: true,
};

export function evidenceState(record: EvidenceRecord, transfer: Transfer): EvidenceState {
  const { purposes, destinations } = record;
  const obtained = msOf(record.obtainedAt);
  const expires = msOf(record.expiresAt);
  const withdrawn = msOf(record.withdrawnAt);
  if ([obtained, expires, withdrawn].some(Number.isNaN)) return { ...NO_EVIDENCE, grants: true, readable: false };
  const isForPurpose = purposes === null || purposes.includes(transfer.purpose);
  const covers = isForPurpose && (destinations === null || destinations.includes(transfer.destinationKind));
  // Only words name: a record without a list of purposes or destinations grants none of them.
  const isGrant = obtained !== undefined && purposes !== null && destinations !== null;
  const isInForce = isGrant && obtained <= msOf(transfer.instant)!;
  return {
    grants: isGrant,
    namesPurpose: isGrant && isForPurpose,
    obtainedMs: isInForce && covers ? obtained : -Infinity,
    expiresMs: isInForce && covers ? (expires ?? Infinity) : Infinity,
    // A record cannot be taken back before it was given.
    withdrawnMs: covers && withdrawn !== undefined ? Math.max(withdrawn, obtained ?? withdrawn) : -Infinity,
    readable: true,
  };
}

export function mergedEvidence(left: EvidenceState, right: EvidenceState): EvidenceState {
  const later = left.obtainedMs >= right.obtainedMs ? left : right;
  const isTie = left.obtainedMs === right.obtainedMs;
  return {
    grants: left.grants || right.grants,
    namesPurpose: left.namesPurpose || right.namesPurpose,
    obtainedMs: later.obtainedMs,
    expiresMs: isTie ? Math.min(left.expiresMs, right.expiresMs) : later.expiresMs,
    withdrawnMs: Math.max(left.withdrawnMs, right.withdrawnMs),
    readable: left.readable && right.readable,
  };
}

/** What policies are asked about. Evidence that neither grants anything nor takes this back says nothing. */
export function evidenceClass(state: EvidenceState, transfer: Transfer): ConsentClass {
  const { purpose, destinationKind, instant } = transfer;
  const isGranted = state.obtainedMs > -Infinity;
  const isWithdrawn = state.withdrawnMs > -Infinity && state.withdrawnMs >= state.obtainedMs;
  const speaks = state.grants || isWithdrawn || !state.readable;
  if (!speaks) return { id: 0, source: 'none', grants: [] };
  const hasEnded = state.expiresMs <= msOf(instant)!;
  // The term itself is told only once it counts: persons differ in it by the millisecond, and decisions do not.
  const granted = { purpose, destinations: [destinationKind], ...(hasEnded ? { expiresAt: instant } : {}) };
  const named = state.namesPurpose ? [{ purpose, destinations: [] }] : [];
  return {
    id: 0,
    source: 'evidence',
    grants: isGranted ? [granted] : named,
    isReadable: state.readable,
    isWithdrawn,
  };
}

/** NaN for what is no instant. */
function msOf(instant: string | null): number | undefined {
  return instant === null ? undefined : (instantMs(instant) ?? Number.NaN);
}
