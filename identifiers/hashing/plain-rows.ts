// Hashes the rows of a chunk without quotes byte by byte: no string is made of a row whose cells are spelled as most are.
// Any other row goes the way of text, so that both say the same of every file (plain-rows.test.ts).
import { writeEmail } from '../email-bytes.ts';
import { phoneWriter, type WritePhone } from '../phone-bytes.ts';
import type { HashedChunk, HashPlan } from './chunk-hasher.ts';
import type { ColumnPlan } from './column-plan.ts';
import type { HashKit } from './hash-kit.ts';
import type { CellReject, HashRow } from './row-hasher.ts';

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const DOT = 0x2e;
const AT = 0x40;
const DIGEST_DIGITS = 64;
/** More than any normalised address or number has. */
const MAX_VALUE_BYTES = 320;

/** What becomes of a column, as a number, so that a row is read without a look at objects. */
const EMPTY = 0;
const PASS = 1;
const PASS_CATEGORY = 2;
const DIGEST = 3;
const LEAVE_OUT = 4;

export type HashPlainRows = (bytes: Uint8Array, hashRow: HashRow) => HashedChunk;

/** Undefined where the plan has columns, or the file line ends, that only the way of text knows. */
export function plainRowsHasher(plan: HashPlan, kit: HashKit): HashPlainRows | undefined {
  const kinds = plan.columns.map(kindOf);
  if (plan.format.newline !== '\n' || kinds.includes(-1)) return undefined;
  const rows = new PlainRows(plan, kit, Uint8Array.from(kinds));
  return (bytes, hashRow) => rows.hash(bytes, hashRow);
}

function kindOf(plan: ColumnPlan): number {
  if (plan.does === 'empty') return EMPTY;
  if (plan.does === 'leave-out') return LEAVE_OUT;
  if (plan.does === 'pass') return plan.kind === 'category' ? PASS_CATEGORY : PASS;
  return plan.does === 'digest' && (plan.type === 'email' || plan.type === 'phone') ? DIGEST : -1;
}

/** Writes SHA-256 in hex of a salt, a type and a value that stands behind them. */
class DigestWriter {
  readonly #write: WritePhone;
  readonly #kit: HashKit;
  readonly #text: Uint8Array;
  readonly #prefix: number;
  /** Of each length the view of the text: a new one for each value would cost as much as its digest. */
  readonly #views: Uint8Array[];

  constructor(plan: HashPlan, kit: HashKit, type: 'email' | 'phone') {
    this.#kit = kit;
    this.#write = type === 'email' ? writeEmail : phoneWriter(plan.defaultCountry);
    const prefix = new TextEncoder().encode(`${plan.salt}:${type}:`);
    const text = new Uint8Array(prefix.length + MAX_VALUE_BYTES);
    text.set(prefix);
    this.#text = text;
    this.#prefix = prefix.length;
    this.#views = Array.from({ length: MAX_VALUE_BYTES + 1 }, (_, n) => text.subarray(0, prefix.length + n));
  }

  /** False where the long way must read the cell. */
  write(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): boolean {
    const length = this.#write(bytes, start, end, this.#text, this.#prefix);
    if (length < 0) return false;
    this.#kit.writeSha256Hex(this.#views[length] as Uint8Array, out, at);
    return true;
  }
}

class PlainRows {
  readonly #kinds: Uint8Array;
  readonly #digests: readonly (DigestWriter | undefined)[];
  readonly #delimiter: number;
  readonly #delimiterText: string;
  readonly #ends: Int32Array;
  readonly #digestCount: number;
  readonly #kit: HashKit;
  readonly #encoder = new TextEncoder();
  #out: Uint8Array;
  #at = 0;

  constructor(plan: HashPlan, kit: HashKit, kinds: Uint8Array) {
    this.#kit = kit;
    this.#out = kit.allocate(1 << 16);
    this.#kinds = kinds;
    this.#digests = plan.columns.map((column) =>
      column.does === 'digest' && (column.type === 'email' || column.type === 'phone')
        ? new DigestWriter(plan, kit, column.type)
        : undefined,
    );
    this.#digestCount = this.#digests.filter((digest) => digest !== undefined).length;
    this.#delimiterText = plan.format.delimiter;
    this.#delimiter = plan.format.delimiter.charCodeAt(0);
    this.#ends = new Int32Array(kinds.length + 1);
  }

  hash(bytes: Uint8Array, hashRow: HashRow): HashedChunk {
    const rejects: { row: number; field: number; code: string }[] = [];
    const cells: CellReject[] = [];
    let rows = 0;
    let accepted = 0;
    this.#at = 0;
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(LF, start);
      const next = newline < 0 ? bytes.length : newline + 1;
      const stop = newline < 0 ? bytes.length : newline;
      const end = stop > start && bytes[stop - 1] === CR ? stop - 1 : stop;
      this.#reserve((end - start) * 2 + this.#digestCount * DIGEST_DIGITS + this.#kinds.length + 1);
      if (this.#writeRow(bytes, start, end)) {
        accepted++;
        rows++;
      } else {
        const row = this.#kit.textOf(bytes.subarray(start, end)).split(this.#delimiterText);
        if (row.length > 1 || row[0]?.trim() !== '') {
          cells.length = 0;
          const line = hashRow(row, cells);
          if (line !== undefined) {
            this.#append(line);
            accepted++;
          }
          for (const cell of cells) rejects.push({ row: rows, ...cell });
          rows++;
        }
      }
      start = next;
    }
    return { output: new Uint8Array(this.#out.subarray(0, this.#at)), rows, accepted, rejects };
  }

  /** False where the row must go the way of text; then nothing of it is written. */
  #writeRow(bytes: Uint8Array, start: number, end: number): boolean {
    const kinds = this.#kinds;
    const ends = this.#ends;
    if (!splitAscii(bytes, { start, end, delimiter: this.#delimiter, fields: kinds.length }, ends)) return false;
    const out = this.#out;
    let at = this.#at;
    let isFirst = true;
    let identified = false;
    for (let field = 0, from = start; field < kinds.length; field++) {
      const to = ends[field] as number;
      const kind = kinds[field] as number;
      if (kind !== LEAVE_OUT) {
        if (!isFirst) out[at++] = COMMA;
        isFirst = false;
      }
      if (kind === DIGEST) {
        if (to > from) {
          if (!(this.#digests[field] as DigestWriter).write(bytes, from, to, out, at)) return false;
          at += DIGEST_DIGITS;
          identified = true;
        }
      } else if (kind !== EMPTY && kind !== LEAVE_OUT && to > from) {
        if (!isPlainCell(bytes, from, to) || (kind === PASS_CATEGORY && mayBePhone(bytes[from] as number)))
          return false;
        for (let byte = from; byte < to; byte++) out[at++] = bytes[byte] as number;
      }
      from = to + 1;
    }
    if (!identified) return false;
    out[at++] = LF;
    this.#at = at;
    return true;
  }

  #append(line: string): void {
    this.#reserve(line.length * 3 + 1);
    this.#at += this.#encoder.encodeInto(line, this.#out.subarray(this.#at)).written;
    this.#out[this.#at++] = LF;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const grown = this.#kit.allocate(Math.max(this.#out.length * 2, this.#at + bytes));
    grown.set(this.#out.subarray(0, this.#at));
    this.#out = grown;
  }
}

/** Finds where each field ends; false for another number of fields, and for any byte beyond ASCII. */
function splitAscii(
  bytes: Uint8Array,
  { start, end, delimiter, fields }: { start: number; end: number; delimiter: number; fields: number },
  ends: Int32Array,
): boolean {
  let field = 0;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    seen |= byte;
    if (byte !== delimiter) continue;
    ends[field++] = at;
    if (field === fields) return false;
  }
  ends[field] = end;
  return field === fields - 1 && seen < 0x80;
}

/** Nothing like an e-mail address, no blank at the rim, nothing that asks for quotes. */
function isPlainCell(bytes: Uint8Array, from: number, to: number): boolean {
  if ((bytes[from] as number) <= 0x20 || (bytes[to - 1] as number) <= 0x20) return false;
  let signed = false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte === AT) signed = true;
    else if ((byte === DOT && signed) || byte === COMMA || byte === CR) return false;
  }
  return true;
}

/** Any telephone number that the guard stops begins so. */
function mayBePhone(first: number): boolean {
  return first === 0x2b || first === 0x28 || first === 0x30;
}
