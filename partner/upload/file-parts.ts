// The parts of a file for tus-js-client, read whole into one buffer that the next part uses again: its own reading in streams of small
// buffers costs more than sending them.
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { SEND_BYTES } from '../limits.ts';

interface Part {
  readonly value: Readable & { readonly size: number };
  readonly done: boolean;
}

/** As tus-js-client's `fileReader` option wants it. `sizeBytes` is what the upload was declared with. */
export function partsOf(path: string, sizeBytes: number): { openFile(): Promise<FileParts> } {
  return { openFile: async () => new FileParts(await open(path), sizeBytes) };
}

class FileParts {
  readonly size: number;
  readonly #handle: FileHandle;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where the next part starts if the service took the one before whole. */
  #following = -1;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** Throws when the file has become shorter. */
  async slice(start: number, end: number): Promise<Part> {
    const until = Math.min(end, this.size);
    const length = until - start;
    // Of a part that was cut off, the connection may still hold bytes: they are not written over.
    if (start !== this.#following || this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length);
    this.#following = until;
    const bytes = this.#buffer.subarray(0, length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.#handle.read(bytes, at, length - at, start + at);
      if (bytesRead === 0) throw new Error('the file has become shorter while it was uploaded');
      at += bytesRead;
    }
    const value = Object.assign(Readable.from(piecesOf(bytes), { objectMode: false }), { size: length });
    return { value, done: until === this.size };
  }

  close(): void {
    void this.#handle.close();
  }
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += SEND_BYTES) yield bytes.subarray(at, at + SEND_BYTES);
}
