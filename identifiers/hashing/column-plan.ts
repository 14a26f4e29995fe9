// What becomes of each column of a file under its schema. A column the schema does not name never passes: it may hold anything.

import type { AttributeKind } from '../column-schema.ts';
import type { DatasetSchema } from '../dataset-schema.ts';
import { FileFault } from '../file-fault.ts';
import type { IdentifierType } from '../identifier.ts';
import { findPlatformProfile, type PlatformProfile } from '../platform-profile.ts';
import { POSTAL_PARTS } from '../postal-address.ts';

export type ColumnPlan =
  | { does: 'pass'; kind?: AttributeKind }
  | { does: 'digest'; type: IdentifierType }
  /** The first column of a key of several columns; `parts` are column indices in the order of the key. */
  | { does: 'composite'; type: 'postal-address' | 'customer'; parts: readonly number[] }
  | { does: 'empty' }
  /** Not even its name gets into the hashed file: its owner said so. */
  | { does: 'leave-out' }
  | { does: 'seal'; profileText: string; profile: PlatformProfile };

const NOTHING: ReadonlySet<string> = new Set();

/** One plan for each header column. Throws column_duplicate, column_unknown, column_missing. */
export function planColumns(
  header: readonly string[],
  schema: DatasetSchema,
  leftOut: ReadonlySet<string> = NOTHING,
): ColumnPlan[] {
  checkHeader(header, schema, leftOut);
  const composites = new Map<string, number[]>();
  for (const [index, name] of header.entries()) {
    const column = schema.columns[name];
    if (column?.role !== 'identifier' || column.part === undefined) continue;
    composites.set(column.type, [...(composites.get(column.type) ?? []), index]);
  }
  return header.map((name, index): ColumnPlan => {
    if (leftOut.has(name)) return { does: 'leave-out' };
    const column = schema.columns[name]!;
    if (column.role === 'attribute') return { does: 'pass', kind: column.kind };
    if (column.role === 'activation-id' && column.profile !== undefined) {
      return { does: 'seal', profileText: column.profile, profile: findPlatformProfile(column.profile)! };
    }
    if (column.role !== 'identifier') return { does: 'pass' };
    if (column.part === undefined) return { does: 'digest', type: column.type };
    const parts = composites.get(column.type)!;
    if (parts[0] !== index) return { does: 'empty' };
    return column.type === 'postal-address'
      ? { does: 'composite', type: 'postal-address', parts: postalOrder(parts, header, schema) }
      : { does: 'composite', type: 'customer', parts: partOrder(parts, header, schema) };
  });
}

function postalOrder(parts: readonly number[], header: readonly string[], schema: DatasetSchema): number[] {
  return POSTAL_PARTS.map((part) => parts.find((index) => partOf(header[index]!, schema) === part)!);
}

/** Two partners order their columns as they like; the order of the part names makes their keys agree. */
function partOrder(parts: readonly number[], header: readonly string[], schema: DatasetSchema): number[] {
  return [...parts].sort((a, b) => (partOf(header[a]!, schema) < partOf(header[b]!, schema) ? -1 : 1));
}

function partOf(name: string, schema: DatasetSchema): string {
  const column = schema.columns[name];
  return column?.role === 'identifier' ? (column.part ?? '') : '';
}

function checkHeader(header: readonly string[], schema: DatasetSchema, leftOut: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const [index, name] of header.entries()) {
    if (name === '') throw new FileFault('header_invalid', `column ${index + 1} of the file has no name`);
    if (seen.has(name)) {
      throw new FileFault('column_duplicate', `the file has the column ${shown(name)} twice`, { field: name });
    }
    seen.add(name);
  }
  const missing = Object.keys(schema.columns).filter((name) => !seen.has(name) || leftOut.has(name));
  if (missing.length > 0) {
    throw new FileFault('column_missing', `the file lacks ${missing.map(shown).join(', ')}`, {
      field: missing[0]!,
      hint: 'names must agree exactly with the schema, upper and lower case too; the first line names the columns',
    });
  }
  const unknown = header.findIndex((name) => !leftOut.has(name) && !Object.hasOwn(schema.columns, name));
  if (unknown >= 0) throw unknownColumn(unknown);
}

/** Without a header line the first row's values stand here, so the name itself may be a person's: only its place is told. */
function unknownColumn(index: number): FileFault {
  return new FileFault('column_unknown', `the schema does not know column ${index + 1} of the file`, {
    hint: 'declare it in the schema or leave it out of the file; an undeclared column never leaves this machine',
  });
}

function shown(name: string): string {
  return JSON.stringify(name);
}
