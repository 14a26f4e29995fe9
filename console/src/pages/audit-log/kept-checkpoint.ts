// The newest checkpoint that this browser has seen, kept here and nowhere else: whoever runs the service cannot take it back.
// At each visit the log must have grown from it. A kept checkpoint gives way only to one that is proven to continue it.
import { parseCheckpoint } from '../../../../audit/checkpoint.ts';
import { parseNote } from '../../../../audit/signed-note.ts';
import { verifyCheckpoint, verifyConsistencyBetween } from '../../../../audit/verify.ts';

export interface KeptCheckpoint {
  /** The signed note. */
  readonly note: string;
  /** The keys that it was verified with: keys that the service names later prove nothing about it. */
  readonly verifierKeys: readonly string[];
  readonly keptAt: string;
}

export interface LogNow {
  readonly note: string;
  readonly verifierKeys: readonly string[];
}

export type Since =
  | { readonly verdict: 'first-visit' | 'unchanged'; readonly size: number }
  | { readonly verdict: 'consistent'; readonly oldSize: number; readonly size: number; readonly keptAt: string }
  /** The log was shown shorter, or otherwise than it was: somebody changed what was written. */
  | { readonly verdict: 'inconsistent'; readonly why: 'signature' | 'shorter' | 'changed'; readonly keptAt: string }
  /** It goes on under another name, as after a declared rollback: nothing links it to what was kept. */
  | { readonly verdict: 'renamed'; readonly from: string; readonly to: string; readonly keptAt: string };

export interface NotePair {
  readonly oldSize: number;
  readonly newSize: number;
}

/** `readProof` gives the base64 lines of a consistency proof; it is asked only where there is one to ask for. */
export async function compareWithKept(
  kept: KeptCheckpoint | undefined,
  now: LogNow,
  readProof: (sizes: NotePair) => Promise<readonly string[]>,
): Promise<Since> {
  const keptAt = kept?.keptAt ?? '';
  const signed = await verifyCheckpoint({ checkpoint: now.note, verifierKeys: now.verifierKeys });
  const newest = signed.checkpoint;
  if (newest === undefined) return { verdict: 'inconsistent', why: 'signature', keptAt };
  if (kept === undefined) return { verdict: 'first-visit', size: newest.size };
  const older = parseCheckpoint(parseNote(kept.note).text);
  if (older.origin !== newest.origin) return { verdict: 'renamed', from: older.origin, to: newest.origin, keptAt };
  if (newest.size < older.size) return { verdict: 'inconsistent', why: 'shorter', keptAt };
  const { ok } = await verifyConsistencyBetween({
    oldCheckpoint: kept.note,
    newCheckpoint: now.note,
    verifierKeys: kept.verifierKeys,
    proof: newest.size === older.size ? [] : await readProof({ oldSize: older.size, newSize: newest.size }),
  });
  if (!ok) return { verdict: 'inconsistent', why: 'changed', keptAt };
  if (newest.size === older.size) return { verdict: 'unchanged', size: newest.size };
  return { verdict: 'consistent', oldSize: older.size, size: newest.size, keptAt };
}

/** Whether the newer one may take the kept one's place: after a contradiction the older is evidence. */
export function mayKeep({ verdict }: Since): boolean {
  return verdict === 'first-visit' || verdict === 'unchanged' || verdict === 'consistent';
}

const STORED_AS = 'ecluse.checkpoint';

export function readKept(storage: Pick<Storage, 'getItem'>): KeptCheckpoint | undefined {
  const text = storage.getItem(STORED_AS);
  return text === null ? undefined : (JSON.parse(text) as KeptCheckpoint);
}

export function keep(storage: Pick<Storage, 'setItem'>, checkpoint: KeptCheckpoint): void {
  storage.setItem(STORED_AS, JSON.stringify(checkpoint));
}

/** By the person's own decision alone, as after a rollback that was explained to them. */
export function forgetKept(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(STORED_AS);
}
