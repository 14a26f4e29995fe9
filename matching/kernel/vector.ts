// Growing typed arrays: a column of a load without an object for each row.
import type { KeptRows } from './kept-rows.ts';

export class Uint32Vector {
  #items: Uint32Array;
  length = 0;

  constructor(capacity = 4_096) {
    this.#items = new Uint32Array(capacity);
  }

  /** The items so far; valid until the next growth. */
  get items(): Uint32Array {
    return this.#items;
  }

  push(value: number): void {
    if (this.length === this.#items.length) this.reserve(1);
    this.#items[this.length++] = value;
  }

  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.#items.length) return;
    const grown = new Uint32Array(grownCapacity(this.#items.length, wanted));
    grown.set(this.#items.subarray(0, this.length));
    this.#items = grown;
  }

  append(values: Uint32Array): void {
    this.reserve(values.length);
    this.#items.set(values, this.length);
    this.length += values.length;
  }

  /** The staged values of the rows that are kept. */
  keep(staged: Uint32Array, { rows, count, all }: KeptRows): void {
    this.reserve(count);
    const items = this.#items;
    if (all) items.set(staged.subarray(0, count), this.length);
    else for (let n = 0; n < count; n++) items[this.length + n] = staged[rows[n] as number] as number;
    this.length += count;
  }
}

export class Float64Vector {
  #items = new Float64Array(4_096);
  length = 0;

  get items(): Float64Array {
    return this.#items;
  }

  push(value: number): void {
    if (this.length === this.#items.length) this.reserve(1);
    this.#items[this.length++] = value;
  }

  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.#items.length) return;
    const grown = new Float64Array(grownCapacity(this.#items.length, wanted));
    grown.set(this.#items.subarray(0, this.length));
    this.#items = grown;
  }

  /** The staged values of the rows that are kept. */
  keep(staged: Float64Array, { rows, count, all }: KeptRows): void {
    this.reserve(count);
    const items = this.#items;
    if (all) items.set(staged.subarray(0, count), this.length);
    else for (let n = 0; n < count; n++) items[this.length + n] = staged[rows[n] as number] as number;
    this.length += count;
  }
}

export class Uint8Vector {
  #items = new Uint8Array(4_096);
  length = 0;

  get items(): Uint8Array {
    return this.#items;
  }

  push(value: number): void {
    if (this.length === this.#items.length) this.reserve(1);
    this.#items[this.length++] = value;
  }

  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.#items.length) return;
    const grown = new Uint8Array(grownCapacity(this.#items.length, wanted));
    grown.set(this.#items.subarray(0, this.length));
    this.#items = grown;
  }

  /** The staged values of the rows that are kept. */
  keep(staged: Uint8Array, { rows, count, all }: KeptRows): void {
    this.reserve(count);
    const items = this.#items;
    if (all) items.set(staged.subarray(0, count), this.length);
    else for (let n = 0; n < count; n++) items[this.length + n] = staged[rows[n] as number] as number;
    this.length += count;
  }
}

// Doubling a column of gigabytes would hold three times its size for a moment; a half more is enough by then.
function grownCapacity(capacity: number, wanted: number): number {
  const factor = capacity < 1 << 24 ? 2 : 1.5;
  return Math.max(wanted, Math.ceil(capacity * factor));
}
