// `<dsv>_strings`: the consent strings of a version, each once, for the archive to name by number. A string that only rejected rows
// held is of nobody who is here: it is written nowhere.
import type { CellColumn } from './kernel/cell.ts';
import { ConsentStringColumn } from './kernel/consent-string-column.ts';
import { bytesOf, NativeFile, stringColumn } from './kernel/native-file.ts';

/** Strings of one block, of at most four kilobytes each. */
const BLOCK_STRINGS = 8_192;

/** What is added to a number of the column for its number in the archive, where the numbers of all columns differ; 0 stays 0. */
function offsetOf(column: ConsentStringColumn, all: readonly CellColumn[]): number {
  const earlier = all.slice(0, all.indexOf(column)).filter((other) => other instanceof ConsentStringColumn);
  return earlier.reduce((sum, { classes }) => sum + classes.strings.size - 1, 0);
}

/** The numbers of rows `from` to `to` as the archive has them. */
export function archivedNumbers(
  column: ConsentStringColumn,
  all: readonly CellColumn[],
): (from: number, to: number) => Uint8Array[] {
  const offset = offsetOf(column, all);
  const { items } = column.values;
  if (offset === 0) return (from, to) => [bytesOf(items.subarray(from, to))];
  return (from, to) => [bytesOf(items.slice(from, to).map((number) => (number === 0 ? 0 : number + offset)))];
}

/** Answers how many there are. */
export async function writeStringsFile(path: string, all: readonly CellColumn[]): Promise<number> {
  const file = await NativeFile.createKept(path);
  for (const [place, column] of all.entries()) {
    if (!(column instanceof ConsentStringColumn)) continue;
    const offset = offsetOf(column, all);
    const held = heldStrings(column);
    for (let from = 0; from < held.length; from += BLOCK_STRINGS) {
      const numbers = held.subarray(from, from + BLOCK_STRINGS);
      const texts = Array.from(numbers, (number) => column.classes.strings.bytes(number));
      await file.write(numbers.length, [
        { name: 'string', type: 'UInt32', data: [bytesOf(numbers.map((number) => number + offset))] },
        { name: 'place', type: 'UInt16', data: [bytesOfShorts(new Uint16Array(numbers.length).fill(place))] },
        { name: 'text', type: 'String', data: [stringColumn(texts)] },
      ]);
    }
  }
  await file.close();
  return file.rows;
}

function heldStrings({ values, classes }: ConsentStringColumn): Uint32Array {
  const isHeld = new Uint8Array(classes.strings.size);
  const { items, length } = values;
  for (let row = 0; row < length; row++) isHeld[items[row] as number] = 1;
  return Uint32Array.from(isHeld.keys()).filter((number) => number > 0 && isHeld[number] === 1);
}

function bytesOfShorts({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
