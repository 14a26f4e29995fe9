// NDJSON and rows of the engine as batches: each object becomes the cells of the schema's columns, in their order.
import { LoadFailure } from '../load-request.ts';
import { CleartextFound } from './cell.ts';
import { holdsEmail } from './cleartext.ts';
import type { RowBatch } from './rows.ts';

type Scalar = string | number | boolean | null;

export function splitJsonLines(text: string, batch: RowBatch, names: readonly string[]): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const objects = lines.map((line, row) => {
    const object = parseLine(line);
    if (object === undefined) refuseEmail(line, row);
    return object;
  });
  fillBatch(objects, batch, names);
}

/** An object that is not flat, or no object, becomes a row without fields. */
export function fillBatch(objects: readonly unknown[], batch: RowBatch, names: readonly string[]): void {
  const known = new Set(names);
  const rows = objects.map((object, row) => cellsOf(object, row, { names, known }));
  const bytes = Buffer.from(rows.map((cells) => cells?.join('') ?? '').join(''), 'utf8');
  batch.reset(bytes);
  let at = 0;
  for (const cells of rows) {
    for (const cell of cells ?? []) {
      const end = at + Buffer.byteLength(cell);
      batch.pushField(at, end);
      at = end;
    }
    batch.endRow();
  }
}

function parseLine(line: string): unknown {
  try {
    // Ids of more than fifteen digits would lose their last ones as JavaScript numbers; their source text keeps them.
    return /[0-9]{16}/.test(line)
      ? JSON.parse(line, exactNumber as Parameters<typeof JSON.parse>[1])
      : JSON.parse(line);
  } catch {
    return undefined;
  }
}

function exactNumber(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? (context.source ?? value) : value;
}

interface Names {
  readonly names: readonly string[];
  readonly known: ReadonlySet<string>;
}

function cellsOf(object: unknown, at: number, { names, known }: Names): string[] | undefined {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return notFlat(object, at);
  const row = object as Record<string, Scalar>;
  for (const [name, value] of Object.entries(row)) {
    if (!known.has(name)) {
      notFlat(object, at);
      throw new LoadFailure('column_unknown', { hint: 'a property is not a column of the schema' });
    }
    if (typeof value === 'object' && value !== null) return notFlat(object, at);
  }
  return names.map((name) => {
    const value = Object.hasOwn(row, name) ? row[name] : null;
    return value === null || value === undefined ? '' : String(value);
  });
}

// What is no row is looked at as text, names and all: an address in the clear is in the clear wherever it stands.
function notFlat(object: unknown, row: number): undefined {
  refuseEmail(JSON.stringify(object) ?? '', row);
}

function refuseEmail(text: string, row: number): void {
  if (holdsEmail(text)) throw new CleartextFound({ row });
}
