// Whether the text of a waiting file holds a cell that is sought, however the file sets cells apart. Rather once too often: each line is
// cut at every mark, at each delimiter alone, and at its quotes, so that an id with a colon or a comma in it is found as well.
import { createHash } from 'node:crypto';
import { CELL_BYTES, LINE_CHARACTERS } from './limits.ts';

/** What the cells of a file are compared with. */
export interface SoughtCells {
  /** First halves of salted digests, 32 hex digits each. */
  readonly digestHalves: ReadonlySet<string>;
  /** Record ids by dataset, as their files spell them. */
  readonly recordIds: ReadonlyMap<string, ReadonlySet<string>>;
  /** By dataset, of record ids of sixteen bytes and more that nobody spelled, the first sixteen bytes of their SHA-256 in hex. */
  readonly recordHashes: ReadonlyMap<string, ReadonlySet<string>>;
}

/** From this many bytes on a load knows a record id by its hash alone. */
const HASHED_FROM_BYTES = 16;
const HASH_DIGITS = 32;

const MARKS = /[,;|\t"{}:[\]]/;
const DELIMITERS = [',', ';', '|', '\t'] as const;
const QUOTED = /"((?:[^"\\]|\\.|"")*)"/g;

/** `datasetId` is that of the file; null where it does not say, and every dataset's record ids are sought. */
export async function holdsSought(
  blocks: AsyncIterable<Buffer>,
  of: { readonly sought: SoughtCells; readonly datasetId: string | null },
): Promise<boolean> {
  const isSought = matcherOf(of.sought, of.datasetId);
  for await (const line of linesOf(blocks)) for (const cell of cellsOfLine(line)) if (isSought(cell)) return true;
  return false;
}

function matcherOf(
  { digestHalves, recordIds, recordHashes }: SoughtCells,
  datasetId: string | null,
): (cell: string) => boolean {
  const within = (sets: ReadonlyMap<string, ReadonlySet<string>>) =>
    [...sets].flatMap(([dataset, of]) => (datasetId === null || dataset === datasetId ? [of] : []));
  const [ids, hashes] = [within(recordIds), within(recordHashes)];
  return (cell) => {
    if (cell.length === 64 && digestHalves.has(cell.slice(0, 32).toLowerCase())) return true;
    if (ids.some((of) => of.has(cell))) return true;
    if (hashes.length === 0 || Buffer.byteLength(cell) < HASHED_FROM_BYTES || Buffer.byteLength(cell) > CELL_BYTES)
      return false;
    const hash = createHash('sha256').update(cell).digest('hex').slice(0, HASH_DIGITS);
    return hashes.some((of) => of.has(hash));
  };
}

/** A line that is not ended in time is given as it is. */
async function* linesOf(blocks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const block of blocks) {
    const lines = (rest + block.toString('latin1')).split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS) {
      lines.push(rest);
      rest = '';
    }
    for (const line of lines) yield textOf(line);
  }
  if (rest !== '') yield textOf(rest);
}

function* cellsOfLine(line: string): Generator<string> {
  yield* line.split(MARKS);
  for (const delimiter of DELIMITERS) if (line.includes(delimiter)) yield* line.split(delimiter);
  // A file of one column.
  yield line;
  if (!line.includes('"')) return;
  for (const [, quoted = ''] of line.matchAll(QUOTED)) {
    yield quoted.replaceAll('""', '"');
    if (quoted.includes('\\')) yield unescaped(quoted);
  }
}

function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted;
  }
}

/** Read as bytes, so that a character cut between two blocks comes to no harm. */
function textOf(line: string): string {
  return Buffer.from(line, 'latin1').toString('utf8');
}
