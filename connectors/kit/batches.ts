// Cuts a stream of changes into batches that are checked row by row, hold each id once (its last change) and are sorted.
// Pure: the same changes under the same rules give the same batches, which is what makes a delivery resumable.
import type { ActivationChange } from './activation-change.ts';
import { RowError } from './errors.ts';
import { MAX_TEXT_WINDOW_ROWS, MAX_UINT64_WINDOW_ROWS } from './limits.ts';
import { MAX_PACKED_ID_LENGTH } from './packed-ids.ts';
import { type ChangeWindow, type SortedChanges, TextWindow, Uint64Window } from './window.ts';

export interface BatchRules {
  /** The reason why this id cannot go out, or undefined. */
  checkRow(id: string): RowError | undefined;
  /** Upper bound of a row's bytes in the payload, envelope apart. */
  rowBytes(id: string): number;
  readonly maxRows: number;
  readonly maxBytes: number;
  /** `uint64` when every id that passes checkRow is a decimal unsigned 64-bit number without leading zeros. */
  readonly idForm: 'text' | 'uint64';
  /** For platforms with upload sessions: each batch learns its place. Costs one more batch in memory. */
  readonly inSessions?: boolean;
}

export interface Batch extends SortedChanges {
  readonly index: number;
  /** Every change of this batch asks the platform to erase; a batch never mixes erasures with anything else. */
  readonly erase: boolean;
  /** Rows left out before sending, by code. */
  readonly invalid: Readonly<Record<string, number>>;
}

export async function* batchChanges(
  changes: AsyncIterable<readonly ActivationChange[]>,
  rules: BatchRules,
): AsyncGenerator<Batch> {
  const isNumeric = rules.idForm === 'uint64';
  const maxRows = Math.min(rules.maxRows, isNumeric ? MAX_UINT64_WINDOW_ROWS : MAX_TEXT_WINDOW_ROWS);
  const newWindow = (): ChangeWindow => (isNumeric ? new Uint64Window() : new TextWindow());
  let index = 0;
  let bytes = 0;
  let window = newWindow();
  let invalid: Record<string, number> = {};
  let erase = false;
  const closed = (): Batch => ({ ...window.close(), index: index++, invalid, erase });
  for await (const rows of changes) {
    for (const { id, change, consent, erase: isErasure = false } of rows) {
      const fault = isKeepable(id) ? rules.checkRow(id) : new RowError('id_invalid');
      if (fault !== undefined) {
        invalid[fault.rowCode] = (invalid[fault.rowCode] ?? 0) + 1;
        continue;
      }
      const rowBytes = rules.rowBytes(id);
      const isFull = window.size >= maxRows || bytes + rowBytes > rules.maxBytes;
      if (window.size > 0 && (isFull || isErasure !== erase)) {
        yield closed();
        window = newWindow();
        invalid = {};
        bytes = 0;
      }
      erase = isErasure;
      bytes += rowBytes;
      window.push(id, change === 'remove', consent);
    }
  }
  if (window.size > 0 || Object.keys(invalid).length > 0) yield closed();
}

/** Text that cannot be written as UTF-8, or longer than any id, is none, whatever a destination would take. */
const isKeepable = (id: string): boolean => id.length <= MAX_PACKED_ID_LENGTH && id.isWellFormed();

export const rowCount = (batch: Batch): number => batch.added + batch.removed;

const CHUNK_CHARACTERS = 65_536;

/** A batch as chunks of about 64 kB, so that no string of the whole payload is ever made. */
export function chunksOf(
  batch: Batch,
  options: { head?: string; row: (id: string, isRemoval: boolean) => string; encoding: 'latin1' | 'utf8' },
): Buffer[] {
  const chunks: Buffer[] = [];
  let text = options.head ?? '';
  batch.forEach((id, isRemoval) => {
    text += options.row(id, isRemoval);
    if (text.length < CHUNK_CHARACTERS) return;
    chunks.push(Buffer.from(text, options.encoding));
    text = '';
  });
  if (text !== '') chunks.push(Buffer.from(text, options.encoding));
  return chunks;
}
