// Where files are put down: a folder, a bucket, a server. A file appears whole under its name or not at all.

export type FileBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface StoredFile {
  readonly name: string;
  /** As stored. */
  readonly bytes: number;
  /** 64 lower-case hexadecimal digits, of the bytes as stored. */
  readonly sha256: string;
}

export interface DropFolder {
  /**
   * Whole and durable once it resolves; written twice it is the same file. Rejects with a DeliveryError. Some places put a
   * digest beside each file, unless the file is to be alone.
   */
  write(name: string, bytes: FileBytes, how?: { readonly alone?: boolean }): Promise<void>;
  /** Of a file that was written before, perhaps by an earlier attempt. */
  describe(name: string): Promise<StoredFile>;
  /** Shows that the place can be reached and exists, without writing. */
  check(): Promise<void>;
  /** Lets go of connections. Never rejects. */
  close(): Promise<void>;
}
