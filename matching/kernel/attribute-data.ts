// Attributes as the engine takes them: columns of the Native format, made block by block in memory that is used again.
import { DATE_SHIFT_DAYS } from './attribute-cells.ts';
import { UNKNOWN_BOOLEAN, UNKNOWN_CATEGORY, UNKNOWN_DATE } from './attribute-columns.ts';
import type { AttributeValues, CategoryValues, Labels } from './attribute-values.ts';
import { bytesOf } from './native-file.ts';

/** The data of rows `from` to `to`, valid until the next are asked for. */
export type NativeData = (from: number, to: number) => Uint8Array[];

/** `blockRows` is the most that is asked for at a time. */
export function nativeData(attribute: AttributeValues, blockRows: number): NativeData {
  if (attribute.kind === 'category') return lowCardinality(attribute, blockRows);
  const unknown = new Uint8Array(blockRows);
  if (attribute.kind === 'boolean') {
    const out = new Uint8Array(blockRows);
    return (from, to) => {
      knownBooleans(attribute.values.block(from, to), out, unknown);
      return [unknown.subarray(0, to - from), out.subarray(0, to - from)];
    };
  }
  if (attribute.kind === 'number') {
    const out = new Float64Array(blockRows);
    return (from, to) => {
      knownNumbers(attribute.values.block(from, to), out, unknown);
      return [unknown.subarray(0, to - from), bytesOf(out.subarray(0, to - from))];
    };
  }
  const out = new Int32Array(blockRows);
  return (from, to) => {
    knownDays(attribute.values.block(from, to), out, unknown);
    return [unknown.subarray(0, to - from), bytesOf(out.subarray(0, to - from))];
  };
}

// Each fills the null map, and puts a zero in place of an unknown value.

function knownBooleans(values: Uint8Array, out: Uint8Array, unknown: Uint8Array): void {
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    unknown[n] = value === UNKNOWN_BOOLEAN ? 1 : 0;
    out[n] = value === UNKNOWN_BOOLEAN ? 0 : value;
  }
}

function knownNumbers(values: Float64Array, out: Float64Array, unknown: Uint8Array): void {
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    const isKnown = !Number.isNaN(value);
    unknown[n] = isKnown ? 0 : 1;
    out[n] = isKnown ? value : 0;
  }
}

function knownDays(values: Uint32Array, out: Int32Array, unknown: Uint8Array): void {
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    unknown[n] = value === UNKNOWN_DATE ? 1 : 0;
    out[n] = value === UNKNOWN_DATE ? 0 : value - DATE_SHIFT_DAYS;
  }
}

/** In Native, the flags of a dictionary of its own; the type of the indexes is added. */
const OWN_DICTIONARY = 0x600;

// LowCardinality(Nullable(String)) in Native: version, index type with flags, the dictionary (NULL and the empty string
// first), then one index a row, as narrow as the number of labels allows.
function lowCardinality({ values, labels }: CategoryValues, blockRows: number): NativeData {
  const width = labels.count <= 1 << 8 ? 0 : labels.count <= 1 << 16 ? 1 : 2;
  const indexes = [Uint8Array, Uint16Array, Uint32Array].map((Indexes, n) => new Indexes(n === width ? blockRows : 0));
  const out = indexes[width] as Uint8Array | Uint16Array | Uint32Array;
  return (from, to) => {
    placeLabels(values.block(from, to), labels, out);
    const head = words(1, OWN_DICTIONARY | width, labels.count);
    return [head, labels.data, words(to - from), bytesOf(out.subarray(0, to - from))];
  };
}

function placeLabels(ids: Uint32Array, { places }: Labels, out: Uint8Array | Uint16Array | Uint32Array): void {
  for (let n = 0; n < ids.length; n++) {
    const id = ids[n] as number;
    out[n] = id === UNKNOWN_CATEGORY ? 0 : (places[id] as number);
  }
}

function words(...values: readonly number[]): Uint8Array {
  return bytesOf(new Uint32Array(values.flatMap((value) => [value, 0])));
}
