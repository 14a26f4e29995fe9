// Finds where CSV records end in a stream of bytes, so that a file can be cut into chunks of whole records.
// It reads quotes exactly as the parser behind it (record-scanner.test.ts proves it), or a chunk would end in mid-record.

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

type State = 'field-start' | 'unquoted' | 'quoted' | 'after-quote' | 'blank-after-quote';

export class RecordScanner {
  readonly #delimiter: number;
  readonly #newline: number;
  #state: State = 'field-start';

  constructor(options: { delimiter: number; newline: number }) {
    this.#delimiter = options.delimiter;
    this.#newline = options.newline;
  }

  /** True while a quoted field is open: the end of the file would then cut it. */
  get inQuotes(): boolean {
    return this.#state === 'quoted';
  }

  /** Reads on; answers the offset just behind the last record that ends in these bytes, 0 when none does. */
  scan(bytes: Uint8Array): number {
    const plain = this.#state === 'field-start' || this.#state === 'unquoted';
    if (plain && bytes.indexOf(QUOTE) < 0) return this.#scanWithoutQuotes(bytes);
    return this.#scanByByte(bytes);
  }

  #scanWithoutQuotes(bytes: Uint8Array): number {
    const end = bytes.lastIndexOf(this.#newline) + 1;
    const last = bytes[bytes.length - 1];
    if (last === this.#newline || last === this.#delimiter) this.#state = 'field-start';
    else if (last !== undefined) this.#state = 'unquoted';
    return end;
  }

  #scanByByte(bytes: Uint8Array): number {
    let state = this.#state;
    let end = 0;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]!;
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'after-quote';
        continue;
      }
      if (byte === QUOTE) {
        // A doubled quote is a quote; one that stands after blanks belongs to the (malformed) text and may itself close it.
        if (state === 'after-quote' || state === 'field-start') state = 'quoted';
        else if (state === 'blank-after-quote') state = 'after-quote';
      } else if (byte === this.#newline) {
        state = 'field-start';
        end = index + 1;
      } else if (byte === this.#delimiter) state = 'field-start';
      else if (state === 'field-start') state = 'unquoted';
      else if (state === 'after-quote' || state === 'blank-after-quote')
        state = isBlank(byte) ? 'blank-after-quote' : 'quoted';
    }
    this.#state = state;
    return end;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === 0x0b || byte === 0x0c;
}

export const NEWLINE = { lf: LF, cr: CR } as const;
