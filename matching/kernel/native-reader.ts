// Reads back the Native files of match keys that native-file.ts wrote: one piece of typed arrays a block. For threads of
// the kernel alone, since it waits for the disk.
import { closeSync, openSync, readSync } from 'node:fs';
import { DirectReader } from './direct-file.ts';

/** Of each type a table of keys may have, the bytes of one value. */
const WIDTHS: Readonly<Record<string, number>> = { 'FixedString(16)': 16, UInt32: 4, UInt8: 1 };
/** More than the head of a block of three columns takes. */
const HEAD_BYTES = 256;

export interface BlockColumn {
  readonly name: string;
  readonly bytes: number;
  /** Where its data start in the file. */
  readonly at: number;
}

export interface KeyFileBlock {
  readonly rows: number;
  readonly columns: readonly BlockColumn[];
}

/** What is not a file of fixed-width columns is refused: the engine then reads it. */
export class NotAKeyFile extends Error {}

export class NativeReader {
  readonly #file: number;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  readonly #direct: DirectReader | undefined;
  #next = 0;

  /** `direct`: data are read past the page cache where the disk can. */
  constructor(path: string, { direct = false } = {}) {
    this.#file = openSync(path, 'r');
    this.#direct = direct ? DirectReader.open(path) : undefined;
  }

  rewind(): void {
    this.#next = 0;
  }

  /** The next block, whose data are not read yet; undefined at the end. */
  block(): KeyFileBlock | undefined {
    const found = this.#blockAt(this.#next);
    this.#next = found?.end ?? this.#next;
    return found;
  }

  /** The first columns of the block that starts at a place: they alone must be of fixed width. */
  startOfBlock(at: number, columns: number): KeyFileBlock {
    const found = this.#blockAt(at, columns);
    if (found === undefined) throw new NotAKeyFile();
    return found;
  }

  #blockAt(from: number, most = Number.POSITIVE_INFINITY): (KeyFileBlock & { readonly end: number }) | undefined {
    const head = this.#head;
    if (readSync(this.#file, head, 0, HEAD_BYTES, from) === 0) return undefined;
    const count = varint(head, { at: 0 });
    const rows = varint(head, count.next);
    const columns: BlockColumn[] = [];
    let { at } = rows.next;
    let base = from;
    for (let n = 0; n < Math.min(count.value, most); n++) {
      const name = text(head, at);
      const type = text(head, name.end);
      const width = WIDTHS[type.value];
      if (width === undefined) throw new NotAKeyFile();
      columns.push({ name: name.value, bytes: rows.value * width, at: base + type.end });
      base += type.end + rows.value * width;
      at = 0;
      readSync(this.#file, head, 0, HEAD_BYTES, base);
    }
    return { rows: rows.value, columns, end: base };
  }

  read({ at, bytes }: BlockColumn, into: Uint8Array): void {
    if (this.#direct !== undefined) {
      if (!this.#direct.read(at, into.subarray(0, bytes))) throw new NotAKeyFile();
      return;
    }
    for (let done = 0; done < bytes; ) {
      const got = readSync(this.#file, into, done, bytes - done, at + done);
      if (got === 0) throw new NotAKeyFile();
      done += got;
    }
  }

  close(): void {
    this.#direct?.close();
    closeSync(this.#file);
  }
}

function varint(bytes: Buffer, { at }: { at: number }): { value: number; next: { at: number } } {
  let value = 0;
  let unit = 1;
  for (let next = at; ; next++) {
    const byte = bytes[next];
    if (byte === undefined) throw new NotAKeyFile();
    value += (byte & 127) * unit;
    if (byte < 128) return { value, next: { at: next + 1 } };
    unit *= 128;
  }
}

function text(bytes: Buffer, at: number): { value: string; end: number } {
  const { value: length, next } = varint(bytes, { at });
  return { value: bytes.toString('latin1', next.at, next.at + length), end: next.at + length };
}
