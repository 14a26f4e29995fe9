// Writes ClickHouse's Native format: blocks of columns, each the bytes of a typed array. No row is ever built.
// Format: per block the number of columns and rows as varints, then for each column its name, its type and its data.
import { type FileHandle, open } from 'node:fs/promises';
import { DirectFile } from './direct-file.ts';

export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly data: readonly Uint8Array[];
}

export class NativeFile {
  readonly path: string;
  readonly #file: FileHandle | DirectFile;
  rows = 0;
  /** Where each block starts. */
  readonly blocks: number[] = [];
  #end = 0;

  /** For what is read soon. */
  static async create(path: string): Promise<NativeFile> {
    return new NativeFile(path, await open(path, 'w', 0o600));
  }

  /** For what is kept and not read soon: written past the page cache where the disk can. */
  static async createKept(path: string): Promise<NativeFile> {
    return new NativeFile(path, (await DirectFile.create(path)) ?? (await open(path, 'w', 0o600)));
  }

  private constructor(path: string, file: FileHandle | DirectFile) {
    this.path = path;
    this.#file = file;
  }

  async write(rows: number, columns: readonly NativeColumn[]): Promise<void> {
    if (rows === 0) return;
    const parts: Uint8Array[] = [varint(columns.length), varint(rows)];
    for (const column of columns) parts.push(text(column.name), text(column.type), ...column.data);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    await this.#writeAll(parts, length);
    this.blocks.push(this.#end);
    this.#end += length;
    this.rows += rows;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #writeAll(parts: readonly Uint8Array[], length: number): Promise<void> {
    if (this.#file instanceof DirectFile) {
      for (const part of parts) await this.#file.write(part);
      return;
    }
    const { bytesWritten } = await this.#file.writev(parts as Uint8Array[]);
    if (bytesWritten !== length) throw new Error('the scratch folder did not take a whole block');
  }
}

export function bytesOf(items: Uint16Array | Uint32Array | Int32Array | Float64Array | Uint8Array): Uint8Array {
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
}

/** A column of strings: each a varint length and its bytes. */
export function stringColumn(strings: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const string of strings) length += string.length + (string.length < 128 ? 1 : 5);
  const out = new Uint8Array(length);
  let at = 0;
  for (const string of strings) {
    let rest = string.length;
    while (rest > 127) {
      out[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    out[at++] = rest;
    out.set(string, at);
    at += string.length;
  }
  return out.subarray(0, at);
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
