// Writes TC strings by the specification's table of bits, for tests and benchmarks: the reader must not be tested by its own mirror,
// so this knows nothing of it.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export interface TcStringParts {
  readonly created: string;
  readonly updated?: string;
  readonly policyVersion?: number;
  readonly isServiceSpecific?: boolean;
  readonly isPurposeOneExempt?: boolean;
  readonly consents?: readonly number[];
  readonly interests?: readonly number[];
  readonly vendorConsents?: VendorSet;
  readonly vendorInterests?: VendorSet;
  /** Absent: the string has no such segment. */
  readonly disclosedVendors?: VendorSet;
  readonly restrictions?: readonly { purpose: number; kind: number; vendors: readonly (readonly [number, number])[] }[];
}

/** As a field of bits up to the greatest vendor, or as ranges. */
export type VendorSet = readonly number[] | { readonly ranges: readonly (readonly [number, number])[] };

export function writeTcString(parts: TcStringParts): string {
  const core = new Bits()
    .int(2, 6)
    .int(deciseconds(parts.created), 36)
    .int(deciseconds(parts.updated ?? parts.created), 36)
    .int(10, 12)
    .int(1, 12)
    .int(1, 6)
    .int(4, 6)
    .int(13, 6)
    .int(48, 12)
    .int(parts.policyVersion ?? 5, 6)
    .int(parts.isServiceSpecific === false ? 0 : 1, 1)
    .int(0, 1)
    .int(0, 12)
    .field(parts.consents ?? [], 24)
    .field(parts.interests ?? [], 24)
    .int(parts.isPurposeOneExempt === true ? 1 : 0, 1)
    .int(5, 6)
    .int(17, 6)
    .vendors(parts.vendorConsents ?? [])
    .vendors(parts.vendorInterests ?? [])
    .restrictions(parts.restrictions ?? []);
  const disclosed = parts.disclosedVendors;
  return disclosed === undefined ? core.text() : `${core.text()}.${new Bits().int(1, 3).vendors(disclosed).text()}`;
}

const deciseconds = (instant: string): number => Math.floor(Date.parse(instant) / 100);

class Bits {
  #bits = '';

  int(value: number, length: number): this {
    this.#bits += value.toString(2).padStart(length, '0');
    return this;
  }

  field(places: readonly number[], length: number): this {
    const set = new Set(places);
    for (let place = 1; place <= length; place++) this.#bits += set.has(place) ? '1' : '0';
    return this;
  }

  vendors(set: VendorSet): this {
    if ('ranges' in set) {
      const greatest = Math.max(0, ...set.ranges.map(([, to]) => to));
      return this.int(greatest, 16).int(1, 1).ranges(set.ranges);
    }
    const greatest = Math.max(0, ...set);
    return this.int(greatest, 16).int(0, 1).field(set, greatest);
  }

  ranges(ranges: readonly (readonly [number, number])[]): this {
    this.int(ranges.length, 12);
    for (const [from, to] of ranges) {
      this.int(from === to ? 0 : 1, 1).int(from, 16);
      if (from !== to) this.int(to, 16);
    }
    return this;
  }

  restrictions(all: NonNullable<TcStringParts['restrictions']>): this {
    this.int(all.length, 12);
    for (const { purpose, kind, vendors } of all) this.int(purpose, 6).int(kind, 2).ranges(vendors);
    return this;
  }

  text(): string {
    const padded = this.#bits.padEnd(Math.ceil(this.#bits.length / 6) * 6, '0');
    let text = '';
    for (let at = 0; at < padded.length; at += 6) text += ALPHABET[Number.parseInt(padded.slice(at, at + 6), 2)];
    return text;
  }
}
