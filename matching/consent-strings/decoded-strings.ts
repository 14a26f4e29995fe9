// What the distinct consent strings of a column say, as JSON. Many of them are decoded in a thread of their own, beside whatever the
// kernel does meanwhile; few, and those beyond what memory should hold, where they are asked for.
import { Worker } from 'node:worker_threads';
import type { HeldStrings, StringDictionary } from '../kernel/string-dictionary.ts';
import { CONSENT_DECODING_LIMITS } from '../limits.ts';
import { type DecodedString, type StringKind, stringDecoder } from './decode.ts';

export interface DecodeRequest {
  readonly kind: StringKind;
  readonly held: HeldStrings;
  /** No further piece is begun beyond these. */
  readonly maxBytes: number;
}

type DecodingLimits = typeof CONSENT_DECODING_LIMITS;

/** Strings that follow each other, in the order of their numbers. */
export interface DecodedPiece {
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

export const PIECE_STRINGS = 8_192;

export class DecodedStrings {
  readonly #strings: StringDictionary;
  readonly #pieces: readonly DecodedPiece[];
  readonly #decode: (text: string) => DecodedString;
  /** Of those decoded where they are asked for, as several classes may have one. */
  readonly #remembered = new Map<number, Uint8Array>();
  readonly #limits: DecodingLimits;

  /** The thread begins at once. Throws what it threw. */
  static async of(
    strings: StringDictionary,
    kind: StringKind,
    limits: DecodingLimits = CONSENT_DECODING_LIMITS,
  ): Promise<DecodedStrings> {
    const isMany = strings.size > limits.minThreadStrings;
    const request = { kind, held: strings.held, maxBytes: limits.maxThreadBytes };
    const [pieces, decode] = await Promise.all([isMany ? decodeInThread(request) : [], stringDecoder(kind)]);
    return new DecodedStrings(strings, { pieces, decode, limits });
  }

  private constructor(
    strings: StringDictionary,
    own: { pieces: readonly DecodedPiece[]; decode: (text: string) => DecodedString; limits: DecodingLimits },
  ) {
    this.#strings = strings;
    this.#pieces = own.pieces;
    this.#decode = own.decode;
    this.#limits = own.limits;
  }

  /** The JSON of what a string says, in UTF-8. */
  json(number: number): Uint8Array {
    const piece = this.#pieces[Math.floor((number - 1) / PIECE_STRINGS)];
    if (piece === undefined) return this.#decoded(number);
    const at = (number - 1) % PIECE_STRINGS;
    return piece.memory.subarray(at === 0 ? 0 : piece.ends[at - 1], piece.ends[at]);
  }

  #decoded(number: number): Uint8Array {
    const known = this.#remembered.get(number);
    if (known !== undefined) return known;
    if (this.#remembered.size >= this.#limits.maxRemembered) this.#remembered.clear();
    const json = Buffer.from(JSON.stringify(this.#decode(this.#strings.bytes(number).toString('utf8'))));
    this.#remembered.set(number, json);
    return json;
  }
}

function decodeInThread(request: DecodeRequest): Promise<DecodedPiece[]> {
  const pieces: DecodedPiece[] = [];
  const thread = new Worker(new URL('./decode-thread.ts', import.meta.url), { execArgv: [], workerData: request });
  const { promise, resolve, reject } = Promise.withResolvers<DecodedPiece[]>();
  thread.on('message', (piece: DecodedPiece) => pieces.push(piece));
  thread.once('error', reject);
  thread.once('exit', () => resolve(pieces));
  return promise;
}
