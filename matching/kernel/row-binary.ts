// Splits RowBinary rows of strings (varint length, bytes) into a batch: how an archive comes back from the engine.
import { RowBatch } from './rows.ts';

/** Rows of so many strings as they come, each batch valid until the next. */
export async function* binaryRows(blocks: AsyncIterable<Uint8Array>, columns: number): AsyncGenerator<RowBatch> {
  const batch = new RowBatch();
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of blocks) {
    const bytes = Buffer.concat([rest, block]);
    const used = splitStrings(bytes, batch, columns);
    if (batch.rows > 0) yield batch;
    rest = bytes.subarray(used);
  }
}

/** Splits every whole row and returns how many bytes those took. */
function splitStrings(bytes: Buffer, batch: RowBatch, columns: number): number {
  batch.reset(bytes);
  let at = 0;
  for (;;) {
    const fieldsBefore = batch.fields;
    let next = at;
    for (let column = 0; column < columns && next >= 0; column++) next = splitString(bytes, next, batch);
    if (next < 0) {
      batch.fields = fieldsBefore;
      return at;
    }
    batch.endRow();
    at = next;
    if (at === bytes.length) return at;
  }
}

function splitString(bytes: Buffer, from: number, batch: RowBatch): number {
  let length = 0;
  let shift = 0;
  let at = from;
  for (;;) {
    if (at >= bytes.length) return -1;
    const byte = bytes[at++] as number;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
    shift += 7;
  }
  if (at + length > bytes.length) return -1;
  batch.pushField(at, at + length);
  return at + length;
}
