// A file that is written once from its start to its end and made durable then: its bytes go to the disk past the page cache, whose
// pages would be filled, written back and thrown away again. Whoever has no such disk writes as ever.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** What open(2) wants of memory, lengths and places in a file, on every disk there is. */
const SECTOR_BYTES = 4_096;
/** One is filled while the other is written. */
const PIECE_BYTES = 1 << 21;
const PAGE_BYTES = 1 << 16;

/** Memory of WebAssembly begins at a page, which no other memory of JavaScript does. */
const spare: Buffer[] = [];

function takeMemory(): Buffer {
  return spare.pop() ?? Buffer.from(new WebAssembly.Memory({ initial: (2 * PIECE_BYTES) / PAGE_BYTES }).buffer);
}

export class DirectFile {
  readonly #file: FileHandle;
  readonly #memory = takeMemory();
  /** The half that is filled, and how far. */
  #half = 0;
  #used = 0;
  #written = 0;
  #writing: Promise<void> = Promise.resolve();

  /** Undefined where the disk takes nothing past the page cache. */
  static async create(path: string): Promise<DirectFile | undefined> {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_DIRECT } = constants;
    if (O_DIRECT === undefined) return undefined;
    const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_DIRECT, 0o600).catch(refused);
    if (file === undefined) return undefined;
    const direct = new DirectFile(file);
    if (await direct.#isTaken()) return direct;
    await file.close();
    return undefined;
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The bytes may change once this has returned. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(PIECE_BYTES - this.#used, bytes.length - done);
      const at = this.#half * PIECE_BYTES + this.#used;
      // By `fill`, one native copy, also of memory that threads share.
      this.#memory.fill(bytes.subarray(done, done + length), at, at + length);
      this.#used += length;
      done += length;
      if (this.#used === PIECE_BYTES) await this.#turn();
    }
  }

  async close(): Promise<void> {
    try {
      await this.#writing;
      const length = this.#written + this.#used;
      if (this.#used > 0) {
        const from = this.#half * PIECE_BYTES;
        const whole = Math.ceil(this.#used / SECTOR_BYTES) * SECTOR_BYTES;
        this.#memory.fill(0, from + this.#used, from + whole);
        await this.#writePiece(this.#memory.subarray(from, from + whole), this.#written);
        await this.#file.truncate(length);
      }
    } finally {
      await this.#file.close();
      spare.push(this.#memory);
    }
  }

  async #turn(): Promise<void> {
    await this.#writing;
    const from = this.#half * PIECE_BYTES;
    this.#writing = this.#writePiece(this.#memory.subarray(from, from + PIECE_BYTES), this.#written);
    // Heard where it is awaited.
    this.#writing.catch(() => undefined);
    this.#written += PIECE_BYTES;
    this.#half = 1 - this.#half;
    this.#used = 0;
  }

  async #writePiece(piece: Uint8Array, at: number): Promise<void> {
    const { bytesWritten } = await this.#file.write(piece, 0, piece.length, at);
    if (bytesWritten !== piece.length) throw new Error('the scratch folder did not take a whole block');
  }

  /** Some disks open such a file and refuse the first bytes. */
  async #isTaken(): Promise<boolean> {
    const piece = this.#memory.subarray(0, SECTOR_BYTES);
    const written = await this.#file.write(piece, 0, piece.length, 0).catch(refused);
    if (written === undefined) spare.push(this.#memory);
    else await this.#file.truncate(0);
    return written !== undefined;
  }
}

/** Reads from such a file, past the page cache as well: pieces of a file that nobody reads again soon. */
export class DirectReader {
  readonly #file: number;
  readonly #memory = takeMemory();

  /** Undefined where the disk gives nothing past the page cache. */
  static open(path: string): DirectReader | undefined {
    const { O_RDONLY, O_DIRECT } = constants;
    if (O_DIRECT === undefined) return undefined;
    try {
      const reader = new DirectReader(openSync(path, O_RDONLY | O_DIRECT));
      if (reader.#isGiven()) return reader;
      reader.close();
      return undefined;
    } catch (thrown) {
      return refused(thrown as NodeJS.ErrnoException);
    }
  }

  private constructor(file: number) {
    this.#file = file;
  }

  /** Fills `into` from `at`; false where the file ends before. */
  read(at: number, into: Uint8Array): boolean {
    const out = Buffer.from(into.buffer, into.byteOffset, into.byteLength);
    for (let done = 0; done < into.length; ) {
      const before = (at + done) % SECTOR_BYTES;
      const sectors = Math.ceil((before + into.length - done) / SECTOR_BYTES) * SECTOR_BYTES;
      const wanted = Math.min(this.#memory.length, sectors);
      const got = readSync(this.#file, this.#memory, 0, wanted, at + done - before);
      const length = Math.min(got - before, into.length - done);
      if (length <= 0) return false;
      out.fill(this.#memory.subarray(before, before + length), done, done + length);
      done += length;
    }
    return true;
  }

  close(): void {
    closeSync(this.#file);
    spare.push(this.#memory);
  }

  #isGiven(): boolean {
    try {
      readSync(this.#file, this.#memory, 0, SECTOR_BYTES, 0);
      return true;
    } catch (thrown) {
      return refused(thrown as NodeJS.ErrnoException) !== undefined;
    }
  }
}

function refused(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'EINVAL' && thrown.code !== 'ENOTSUP') throw thrown;
  return undefined;
}
