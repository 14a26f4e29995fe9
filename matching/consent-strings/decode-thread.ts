// The entry of a thread that decodes the consent strings of one column while the kernel writes its other files. What it has decoded it
// hands over piece by piece, and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { StringDictionary } from '../kernel/string-dictionary.ts';
import { stringDecoder } from './decode.ts';
import { type DecodedPiece, type DecodeRequest, PIECE_STRINGS } from './decoded-strings.ts';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a thread');
const { kind, held, maxBytes } = workerData as DecodeRequest;
const strings = StringDictionary.ofHeld(held);
const decode = await stringDecoder(kind);

/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;
let written = Buffer.alloc(PIECE_STRINGS * 1_024);
let bytes = 0;
for (let from = 1; from < strings.size && bytes < maxBytes; from += PIECE_STRINGS) {
  const count = Math.min(PIECE_STRINGS, strings.size - from);
  const ends = new Uint32Array(count);
  let end = 0;
  for (let n = 0; n < count; n++) {
    const text = JSON.stringify(decode(strings.bytes(from + n).toString('utf8')));
    if (written.length < end + text.length * MOST_BYTES) {
      written = Buffer.concat([written.subarray(0, end)], 2 * (end + text.length * MOST_BYTES));
    }
    end += written.write(text, end);
    ends[n] = end;
  }
  const memory = Uint8Array.from(written.subarray(0, end));
  bytes += end;
  port.postMessage({ memory, ends } satisfies DecodedPiece, [memory.buffer, ends.buffer]);
}
