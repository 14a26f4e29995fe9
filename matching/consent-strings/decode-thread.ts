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

let bytes = 0;
for (let from = 1; from < strings.size && bytes < maxBytes; from += PIECE_STRINGS) {
  const count = Math.min(PIECE_STRINGS, strings.size - from);
  const texts = Array.from({ length: count }, (_, n) =>
    JSON.stringify(decode(strings.bytes(from + n).toString('utf8'))),
  );
  const ends = new Uint32Array(count);
  let end = 0;
  texts.forEach((text, n) => {
    end += Buffer.byteLength(text);
    ends[n] = end;
  });
  const memory = new Uint8Array(end);
  Buffer.from(memory.buffer).write(texts.join(''));
  bytes += end;
  port.postMessage({ memory, ends } satisfies DecodedPiece, [memory.buffer, ends.buffer]);
}
