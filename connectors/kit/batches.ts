// Cuts a stream of changes into windows that are checked row by row, hold each id once (its last change) and are sorted.
// Pure: the same changes under the same rules give the same windows, which is what makes a delivery resumable.
import { createHash } from 'node:crypto';
import type { ActivationChange } from './activation-change.ts';
import type { RowError } from './errors.ts';
import { MAX_WINDOW_ROWS } from './limits.ts';

export interface BatchRules {
  /** The reason why this id cannot go out, or undefined. */
  checkRow(id: string): RowError | undefined;
  /** Upper bound of a row's bytes in the payload, envelope apart. */
  rowBytes(id: string): number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface Batch {
  readonly index: number;
  /** Sorted by id in code-unit order, each id once. */
  readonly ids: readonly string[];
  isRemoval(id: string): boolean;
  readonly added: number;
  readonly removed: number;
  /** Rows left out before sending, by code. */
  readonly invalid: Readonly<Record<string, number>>;
  /** SHA-256 over the batch's changes, in hex. */
  readonly sha256: string;
}

export async function* batchChanges(
  changes: AsyncIterable<readonly ActivationChange[]>,
  rules: BatchRules,
): AsyncGenerator<Batch> {
  const maxRows = Math.min(rules.maxRows, MAX_WINDOW_ROWS);
  let index = 0;
  let bytes = 0;
  let window = new Map<string, boolean>();
  let invalid: Record<string, number> = {};
  for await (const rows of changes) {
    for (const { id, change } of rows) {
      const fault = rules.checkRow(id);
      if (fault !== undefined) {
        invalid[fault.rowCode] = (invalid[fault.rowCode] ?? 0) + 1;
        continue;
      }
      if (!window.has(id)) {
        const rowBytes = rules.rowBytes(id);
        if (window.size > 0 && (window.size >= maxRows || bytes + rowBytes > rules.maxBytes)) {
          yield batchOf(index++, window, invalid);
          window = new Map();
          invalid = {};
          bytes = 0;
        }
        bytes += rowBytes;
      }
      window.set(id, change === 'remove');
    }
  }
  if (window.size > 0 || Object.keys(invalid).length > 0) yield batchOf(index, window, invalid);
}

function batchOf(
  index: number,
  window: ReadonlyMap<string, boolean>,
  invalid: Readonly<Record<string, number>>,
): Batch {
  const ids = [...window.keys()].sort();
  const hash = createHash('sha256');
  let removed = 0;
  let text = '';
  for (const id of ids) {
    const removal = window.get(id) === true;
    if (removal) removed++;
    text += removal ? `-${id}\n` : `+${id}\n`;
    if (text.length > 65_536) {
      hash.update(text);
      text = '';
    }
  }
  hash.update(text);
  return {
    index,
    ids,
    isRemoval: (id) => window.get(id) === true,
    added: ids.length - removed,
    removed,
    invalid,
    sha256: hash.digest('hex'),
  };
}

/** Lines of text as chunks of about 64 kB, so that no string of the whole payload is ever made. */
export function* chunksOf(lines: Iterable<string>, encoding: 'latin1' | 'utf8'): Generator<Buffer> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length > 65_536) {
      yield Buffer.from(text, encoding);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text, encoding);
}
