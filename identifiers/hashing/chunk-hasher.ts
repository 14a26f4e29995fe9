// Hashes one chunk of whole records: bytes in, bytes out, with the rows counted and the rejects listed.

import { type CsvFormat, parseRecords } from '../csv/csv-format.ts';
import type { SealValue } from '../sealed-id.ts';
import type { ColumnPlan } from './column-plan.ts';
import type { HashKit } from './hash-kit.ts';
import { plainRowsHasher } from './plain-rows.ts';
import { type CellReject, type HashRow, rowHasher } from './row-hasher.ts';

/** All a worker needs to know; it travels as a structured clone and is never stored. */
export interface HashPlan {
  readonly format: CsvFormat;
  readonly columns: readonly ColumnPlan[];
  readonly salt: string;
  readonly defaultCountry?: string;
  readonly fileKey?: Uint8Array;
}

export interface HashedChunk {
  readonly output: Uint8Array;
  readonly rows: number;
  readonly accepted: number;
  /** `row` counts from 0 inside the chunk. */
  readonly rejects: readonly { row: number; field: number; code: string }[];
  /** The 0-based row that is not UTF-8, when there is one: the file must then be refused. */
  readonly notUtf8Row?: number;
}

export type HashChunk = (bytes: Uint8Array) => HashedChunk;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

const QUOTE = 0x22;

export function chunkHasher(plan: HashPlan, kit: HashKit, seal?: SealValue): HashChunk {
  const hashRow = rowHasher({ ...plan, sha256Hex: kit.sha256Hex, ...(seal === undefined ? {} : { seal }) });
  const hashText = textChunkHasher(plan, hashRow);
  const hashPlainRows = plainRowsHasher(plan, kit);
  if (hashPlainRows === undefined) return hashText;
  return (bytes) => {
    if (bytes.indexOf(QUOTE) >= 0 || !kit.isUtf8(bytes)) return hashText(bytes);
    return hashPlainRows(bytes, hashRow);
  };
}

/** The way of text alone, which knows every file: the measure of the shorter one. */
export function textChunkHasher(plan: HashPlan, hashRow: HashRow): HashChunk {
  return (bytes) => {
    let text: string;
    try {
      text = strict.decode(bytes);
    } catch {
      return {
        output: new Uint8Array(),
        rows: 0,
        accepted: 0,
        rejects: [],
        notUtf8Row: notUtf8Row(bytes, plan.format),
      };
    }
    return hashText(text, plan.format, hashRow);
  };
}

function hashText(text: string, format: CsvFormat, hashRow: HashRow): HashedChunk {
  const { rows, malformed } = parseRecords(text, format);
  const rejects: { row: number; field: number; code: string }[] = [];
  let lines = '';
  let accepted = 0;
  const cells: CellReject[] = [];
  for (let row = 0; row < rows.length; row++) {
    if (malformed.has(row)) {
      rejects.push({ row, field: -1, code: 'quote_malformed' });
      continue;
    }
    cells.length = 0;
    const line = hashRow(rows[row]!, cells);
    if (line !== undefined) {
      lines += `${line}\n`;
      accepted += 1;
    }
    for (const cell of cells) rejects.push({ row, ...cell });
  }
  return { output: new TextEncoder().encode(lines), rows: rows.length, accepted, rejects };
}

function notUtf8Row(bytes: Uint8Array, format: CsvFormat): number {
  const { rows } = parseRecords(lenient.decode(bytes), format);
  return Math.max(
    0,
    rows.findIndex((row) => row.some((cell) => cell.includes('\u{fffd}'))),
  );
}
